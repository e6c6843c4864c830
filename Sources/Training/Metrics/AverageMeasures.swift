/// Averages of the classes' measures, as scikit-learn's `classification_report` has them: a measure whose divisor is zero counts as 0,
/// and a class that neither occurs nor is predicted is left out.
package struct AverageMeasures: Sendable, Equatable {
  package let precision: Double
  package let recall: Double
  package let f1: Double

  /// Every class counts the same.
  package static func macro(_ classes: [ClassMeasures]) -> AverageMeasures {
    average(classes) { $0.f1 == nil ? 0 : 1 }
  }

  /// A class counts as many times as it has windows.
  package static func weighted(_ classes: [ClassMeasures]) -> AverageMeasures {
    average(classes) { Double($0.windows) }
  }

  private static func average(_ classes: [ClassMeasures], weight: (ClassMeasures) -> Double) -> AverageMeasures {
    let weights = classes.map(weight)
    let sum = weights.reduce(0, +)
    func mean(_ measure: (ClassMeasures) -> Double?) -> Double {
      guard sum > 0 else { return 0 }
      return zip(classes, weights).reduce(0) { $0 + $1.1 * (measure($1.0) ?? 0) } / sum
    }
    return AverageMeasures(precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1))
  }
}
