internal import Kernels

extension Sequential {
  /// Fills the parameters of one repeat. Each parameter draws from a stream of its own, keyed by seed and repeat.
  package func initialize(_ parameters: UnsafeMutablePointer<Float>, key: (UInt32, UInt32)) {
    for (index, placed) in placedParameters.enumerated() {
      var generator = PhiloxGenerator(key: key, stream: (RandomPurpose.initialization, UInt32(index), 0))
      placed.parameter.initializer.fill(
        parameters + placed.offset, count: placed.parameter.count, generator: &generator)
    }
  }
}

/// What a stream of random numbers is for: the second word of its counters.
package enum RandomPurpose {
  package static let initialization: UInt32 = 0x494E_4954
  package static let shuffle: UInt32 = 0x5348_5546
}

extension Initializer {
  func fill(_ target: UnsafeMutablePointer<Float>, count: Int, generator: inout PhiloxGenerator) {
    switch self {
    case .zeros:
      target.update(repeating: 0, count: count)
    case .unitForgetBias:
      target.update(repeating: 0, count: count)
      (target + count / 4).update(repeating: 1, count: count / 4)
    case .glorotUniform(let fanIn, let fanOut):
      let limit = (6 / Double(fanIn + fanOut)).squareRoot()
      for i in 0..<count { target[i] = Float(limit * (2 * generator.nextUniform() - 1)) }
    case .orthogonal(let rows, let columns):
      let q = Self.orthonormalColumns(
        rows: max(rows, columns), columns: min(rows, columns), generator: &generator)
      for row in 0..<rows {
        for column in 0..<columns {
          target[row * columns + column] = Float(rows >= columns ? q[column][row] : q[row][column])
        }
      }
    }
  }

  /// The Q of a QR decomposition, with positive diagonal of R, of a matrix of normal numbers: Gram-Schmidt, each column
  /// orthogonalised twice, which reaches working precision (Giraud et al., 2005).
  static func orthonormalColumns(rows: Int, columns: Int, generator: inout PhiloxGenerator) -> [[Double]] {
    var q: [[Double]] = []
    for _ in 0..<columns {
      var v = (0..<rows).map { _ in generator.nextNormal() }
      for _ in 0..<2 {
        for previous in q {
          var dot = 0.0
          for i in 0..<rows { dot += previous[i] * v[i] }
          for i in 0..<rows { v[i] -= dot * previous[i] }
        }
      }
      var square = 0.0
      for value in v { square += value * value }
      let scale = 1 / square.squareRoot()
      for i in 0..<rows { v[i] *= scale }
      q.append(v)
    }
    return q
  }
}
