/// Matthews' correlation of labels and predictions, for any number of classes: R_K of Gorodkin ("Comparing two K-category
/// assignments by a K-category correlation coefficient", Computational Biology and Chemistry 28, 2004).
package enum MatthewsCorrelation {
  /// From a confusion matrix, rows labels and columns predictions: 1 is agreement, 0 what chance gives.
  ///
  /// nil of no windows, and where all have one label or all are predicted as one class (where scikit-learn says 0).
  package static func value(_ confusion: [[Int]]) -> Double? {
    let margins = ConfusionMargins(confusion)
    let square = margins.windows * margins.windows
    let labelled = square - margins.sum { label, _ in label * label }
    let predicted = square - margins.sum { _, prediction in prediction * prediction }
    guard labelled > 0 && predicted > 0 else { return nil }
    let covariance = margins.correct * margins.windows - margins.sum { $0 * $1 }
    return covariance / (labelled.squareRoot() * predicted.squareRoot())
  }
}
