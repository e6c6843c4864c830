/// Cohen's kappa ("A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20, 1960).
package enum CohenKappa {
  /// (p - e) / (1 - e) of a confusion matrix, rows labels and columns predictions: p is the accuracy, e what independent
  /// predictions of the same frequencies would reach.
  ///
  /// nil of no windows, and where e is 1: all windows have one label, and all are predicted as it.
  package static func value(_ confusion: [[Int]]) -> Double? {
    precondition(confusion.allSatisfy { $0.count == confusion.count }, "a confusion matrix is square")
    // Whole numbers below 2^53 in Double, whose products don't overflow.
    let labelled = confusion.map { $0.reduce(0) { $0 + Double($1) } }
    let predicted = confusion.indices.map { label in confusion.reduce(0) { $0 + Double($1[label]) } }
    let correct = confusion.indices.reduce(0) { $0 + Double(confusion[$1][$1]) }
    let windows = labelled.reduce(0, +)
    let byChance = zip(labelled, predicted).reduce(0) { $0 + $1.0 * $1.1 }
    guard windows > 0 && byChance < windows * windows else { return nil }
    return (correct * windows - byChance) / (windows * windows - byChance)
  }
}
