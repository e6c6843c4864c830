/// How a parameter is filled before the first step.
public enum Initializer: Sendable, Equatable {
  /// All zeros.
  case zeros
  /// Uniform in ±√(6 / (fanIn + fanOut)): Glorot & Bengio (2010), https://keras.io/api/layers/initializers/
  case glorotUniform(fanIn: Int, fanOut: Int)
  /// An orthogonal matrix `[rows, columns]` of the flattened shape: Saxe et al. (2013).
  case orthogonal(rows: Int, columns: Int)
  /// Zeros, but ones in the second of four equal parts: the forget gate's bias (Jozefowicz et al., 2015).
  case unitForgetBias
}

/// A parameter of a layer: a named part of the one buffer that holds all of a model's parameters.
public struct Parameter: Sendable, Equatable {
  /// The name that Keras gives it, such as `kernel`.
  public let name: String
  /// Its shape, row-major.
  public let shape: [Int]
  /// How it starts.
  public let initializer: Initializer
  /// Its first float, counted from the layer's first.
  public let offset: Int

  /// Floats.
  public var count: Int { shape.reduce(1, *) }

  /// Parameters one behind the other from offset 0.
  static func contiguous(_ list: [(name: String, shape: [Int], initializer: Initializer)]) -> [Parameter] {
    var offset = 0
    return list.map { item in
      let parameter = Parameter(name: item.name, shape: item.shape, initializer: item.initializer, offset: offset)
      offset += parameter.count
      return parameter
    }
  }
}

/// `count` rounded up to whole cache lines.
func alignedToLine(_ count: Int) -> Int { (count + 15) & ~15 }
