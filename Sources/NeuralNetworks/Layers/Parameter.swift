/// How a parameter is filled before the first step.
package enum Initializer: Sendable, Equatable {
  case zeros
  /// Uniform in ±√(6 / (fanIn + fanOut)): Glorot & Bengio (2010), https://keras.io/api/layers/initializers/
  case glorotUniform(fanIn: Int, fanOut: Int)
  /// An orthogonal matrix `[rows, columns]` of the flattened shape: Saxe et al. (2013).
  case orthogonal(rows: Int, columns: Int)
  /// Zeros, but ones in the second of four equal parts: the forget gate's bias (Jozefowicz et al., 2015).
  case unitForgetBias
}

/// A parameter of a layer: a named part of the one buffer that holds all of a model's parameters.
package struct Parameter: Sendable, Equatable {
  /// Keras's path of it below its layer, such as `lstm_cell/kernel`.
  package private(set) var path: String
  /// Row-major.
  package let shape: [Int]
  let initializer: Initializer
  /// Its first float, counted from the layer's first.
  package private(set) var offset: Int

  package var count: Int { shape.reduce(1, *) }
  /// The last part of the path, such as `kernel`.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Parameters one behind the other from offset 0.
  package static func contiguous(
    in folder: String? = nil, _ list: [(name: String, shape: [Int], initializer: Initializer)]
  ) -> [Parameter] {
    var offset = 0
    return list.map { item in
      let path = folder.map { "\($0)/\(item.name)" } ?? item.name
      let parameter = Parameter(path: path, shape: item.shape, initializer: item.initializer, offset: offset)
      offset += parameter.count
      return parameter
    }
  }

  /// The parameter as one of the layer around its own.
  func inside(_ folder: String, from offset: Int = 0) -> Parameter {
    var parameter = self
    parameter.path = "\(folder)/\(path)"
    parameter.offset += offset
    return parameter
  }
}

/// `count` rounded up to whole cache lines.
func alignedToLine(_ count: Int) -> Int { (count + 15) & ~15 }
