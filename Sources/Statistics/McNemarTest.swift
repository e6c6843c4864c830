/// McNemar's test of two classifiers on the same windows, exact: of the windows that just one of them has right, either would have
/// half if they were equally good (McNemar, Psychometrika 12, 1947; the exact form in Dietterich, Neural Computation 10, 1998).
///
/// It takes windows as independent. Windows of one person are not, so p is too small where few people are judged:
/// `ClusterBootstrap` draws people.
package struct McNemarTest: Sendable, Equatable {
  /// Windows that only the first classifier has right: b.
  package let onlyFirstCorrect: Int
  /// Windows that only the second has right: c.
  package let onlySecondCorrect: Int
  /// Two-sided; 1 where the classifiers never differ.
  package let pValue: Double

  package init(onlyFirstCorrect: Int, onlySecondCorrect: Int) {
    precondition(onlyFirstCorrect >= 0 && onlySecondCorrect >= 0, "counts are not negative")
    self.onlyFirstCorrect = onlyFirstCorrect
    self.onlySecondCorrect = onlySecondCorrect
    pValue = Self.twoSidedProbability(
      min(onlyFirstCorrect, onlySecondCorrect), of: onlyFirstCorrect + onlySecondCorrect)
  }

  /// From whether each classifier has each window right, `[N]` both.
  package init(firstCorrect: [Bool], secondCorrect: [Bool]) {
    precondition(firstCorrect.count == secondCorrect.count, "both classifiers judge the same windows")
    var onlyFirst = 0
    var onlySecond = 0
    for (first, second) in zip(firstCorrect, secondCorrect) where first != second {
      if first { onlyFirst += 1 } else { onlySecond += 1 }
    }
    self.init(onlyFirstCorrect: onlyFirst, onlySecondCorrect: onlySecond)
  }

  /// b : c, which estimates the odds that a window on which they differ is the first's; nil where the second has none alone.
  package var odds: Double? {
    onlySecondCorrect == 0 ? nil : Double(onlyFirstCorrect) / Double(onlySecondCorrect)
  }

  /// 2 P(X ≤ k), at most 1, of a binomial X with n trials of probability 1/2 and k ≤ n / 2.
  ///
  /// Coefficients are taken relative to the middle one, from which each is a ratio to its neighbour: nothing overflows, what
  /// underflows is too small to matter, and the number of terms grows as √n.
  private static func twoSidedProbability(_ k: Int, of n: Int) -> Double {
    var half = 0.0
    var tail = 0.0
    var coefficient = 1.0
    var i = n / 2
    while i >= 0 && coefficient > 0 {
      half += coefficient
      if i <= k { tail += coefficient }
      coefficient *= Double(i) / Double(n - i + 1)
      i -= 1
    }
    // Both halves share the middle of an even n.
    let all = n.isMultiple(of: 2) ? 2 * half - 1 : 2 * half
    return min(1, 2 * tail / all)
  }
}
