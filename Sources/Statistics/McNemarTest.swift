/// McNemar's test of two classifiers on the same windows, exact: of the windows that just one of them has right, either would have
/// half if they were equally good (McNemar, Psychometrika 12, 1947; the exact form in Dietterich, Neural Computation 10, 1998).
///
/// It takes windows as independent. Windows of one person are not, so p is too small where few people are judged:
/// `ClusterBootstrap` draws people.
package struct McNemarTest: Sendable, Equatable {
  /// Windows that only the first classifier has right.
  package let onlyFirstCorrect: Int
  /// Windows that only the second has right.
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
    let pairs = zip(firstCorrect, secondCorrect)
    self.init(
      onlyFirstCorrect: pairs.count { $0.0 && !$0.1 }, onlySecondCorrect: pairs.count { !$0.0 && $0.1 })
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
