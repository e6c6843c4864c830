/// Windows by label (row) and prediction (column).
package enum ConfusionMatrix {
  /// Matrices of the same classes added up; nil of none.
  package static func sum(_ matrices: [[[Int]]]) -> [[Int]]? {
    guard let first = matrices.first else { return nil }
    return matrices.dropFirst().reduce(first) { sum, matrix in
      zip(sum, matrix).map { zip($0, $1).map { $0 + $1 } }
    }
  }

  /// Windows whose prediction is their label, and all.
  package static func correct(_ matrix: [[Int]]) -> (correct: Int, windows: Int) {
    (matrix.indices.reduce(0) { $0 + matrix[$1][$1] }, matrix.joined().reduce(0, +))
  }

  /// The unweighted mean of the classes' F1; nil without a matrix.
  package static func macroF1(_ matrix: [[Int]]?) -> Double? {
    matrix.map { AverageMeasures.macro(ClassMeasures.all($0)).f1 }
  }
}
