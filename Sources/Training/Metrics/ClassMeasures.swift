/// Precision, recall and F1 of one class; nil where their divisor is zero.
package struct ClassMeasures: Sendable, Equatable {
  package let label: Int
  package let windows: Int
  /// Of the windows predicted as the class, the share that is.
  package let precision: Double?
  /// Of the class's windows, the share predicted as it.
  package let recall: Double?
  package let f1: Double?

  /// The measures of every class of a confusion matrix, rows labels and columns predictions.
  package static func all(_ confusion: [[Int]]) -> [ClassMeasures] {
    confusion.indices.map { label in
      let hits = confusion[label][label]
      let windows = confusion[label].reduce(0, +)
      let predicted = confusion.reduce(0) { $0 + $1[label] }
      func ratio(_ divisor: Int) -> Double? { divisor == 0 ? nil : Double(hits) / Double(divisor) }
      return ClassMeasures(
        label: label, windows: windows, precision: ratio(predicted), recall: ratio(windows),
        f1: windows + predicted == 0 ? nil : 2 * Double(hits) / Double(windows + predicted))
    }
  }
}
