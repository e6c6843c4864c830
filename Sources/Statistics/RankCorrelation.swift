/// Spearman's rank correlation (The American Journal of Psychology 15, 1904): how monotonically one number goes with another.
package enum RankCorrelation {
  /// ρ in -1...1, Pearson's correlation of the ranks, equal values sharing their mean rank.
  ///
  /// nil of fewer than two pairs, where either number never varies, or where one is NaN.
  package static func spearman(_ first: [Double], _ second: [Double]) -> Double? {
    precondition(first.count == second.count, "numbers come in pairs")
    guard first.count >= 2, let a = ranks(first), let b = ranks(second) else { return nil }
    let middle = Double(first.count + 1) / 2
    var product = 0.0
    var squaresA = 0.0
    var squaresB = 0.0
    for (x, y) in zip(a, b) {
      product += (x - middle) * (y - middle)
      squaresA += (x - middle) * (x - middle)
      squaresB += (y - middle) * (y - middle)
    }
    guard squaresA > 0 && squaresB > 0 else { return nil }
    return max(-1, min(1, product / (squaresA.squareRoot() * squaresB.squareRoot())))
  }

  /// Ranks from 1, mean ranks among equals; nil where a value is NaN, which has no rank.
  package static func ranks(_ values: [Double]) -> [Double]? {
    guard !values.contains(where: \.isNaN) else { return nil }
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = Array(repeating: 0.0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && values[order[end]] == values[order[start]] { end += 1 }
      // Ranks start + 1 to end.
      for index in order[start..<end] { ranks[index] = Double(start + 1 + end) / 2 }
      start = end
    }
    return ranks
  }
}
