/// Cohen's kappa ("A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20, 1960).
package enum CohenKappa {
  /// (p - e) / (1 - e) of a confusion matrix, rows labels and columns predictions: p is the accuracy, e what independent
  /// predictions of the same frequencies would reach.
  ///
  /// nil of no windows, and where e is 1: all windows have one label, and all are predicted as it.
  package static func value(_ confusion: [[Int]]) -> Double? {
    let margins = ConfusionMargins(confusion)
    let windows = margins.windows
    let byChance = margins.sum { $0 * $1 }
    guard windows > 0 && byChance < windows * windows else { return nil }
    return (margins.correct * windows - byChance) / (windows * windows - byChance)
  }
}

/// The sums that chance-corrected measures need of a confusion matrix, rows labels and columns predictions; whole numbers below
/// 2^53 in Double, so that nothing overflows.
struct ConfusionMargins {
  let windows: Double
  let correct: Double
  /// Windows with a label, and windows predicted as it.
  private let classes: [(labelled: Double, predicted: Double)]

  init(_ confusion: [[Int]]) {
    precondition(confusion.allSatisfy { $0.count == confusion.count }, "a confusion matrix is square")
    correct = confusion.indices.reduce(0) { $0 + Double(confusion[$1][$1]) }
    classes = confusion.indices.map { label in
      (confusion[label].reduce(0) { $0 + Double($1) }, confusion.reduce(0) { $0 + Double($1[label]) })
    }
    windows = classes.reduce(0) { $0 + $1.labelled }
  }

  /// Σ over classes of a function of how often a class is the label and how often it is predicted.
  func sum(_ term: (_ labelled: Double, _ predicted: Double) -> Double) -> Double {
    classes.reduce(0) { $0 + term($1.labelled, $1.predicted) }
  }
}
