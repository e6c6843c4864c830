/// A model: layers one behind the other, the last a softmax over the classes.
///
/// Immutable; parameters, gradients and activations lie in buffers of whoever runs it.
public struct Sequential: Sendable {
  /// The layers, first to last.
  public let layers: [any Layer]
  /// Each layer's first parameter in the buffer of all parameters, on a cache line.
  public let parameterOffsets: [Int]
  /// Floats of that buffer.
  public let parameterBufferCount: Int

  /// A model of at least one layer, each taking what the one before gives.
  public init(_ layers: [any Layer]) {
    precondition(!layers.isEmpty)
    for (former, next) in zip(layers, layers.dropFirst()) {
      precondition(
        former.outputCount == next.inputCount, "\(next.name) takes \(next.inputShape), not \(former.outputShape)")
    }
    self.layers = layers
    var offsets: [Int] = []
    var offset = 0
    for layer in layers {
      offsets.append(offset)
      offset += alignedToLine(layer.parameterCount)
    }
    parameterOffsets = offsets
    parameterBufferCount = offset
  }

  /// Floats of one sample.
  public var inputCount: Int { layers[0].inputCount }
  /// Classes.
  public var classCount: Int { layers[layers.count - 1].outputCount }
  /// Parameters, without the gaps of the buffer.
  public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }

  /// The first layer with parameters: no gradient goes further down.
  var firstTrainable: Int { layers.firstIndex { !$0.parameters.isEmpty } ?? layers.count }

  /// All parameters as (layer, parameter, place in the buffer), in Keras's order.
  public var placedParameters: [(layer: any Layer, parameter: Parameter, offset: Int)] {
    zip(layers, parameterOffsets).flatMap { layer, offset in
      layer.parameters.map { (layer, $0, offset + $0.offset) }
    }
  }

  /// Floating-point operations of a training step's products, a sample.
  public var trainingWork: Int {
    layers.enumerated().reduce(0) { sum, item in
      let work = item.element.work
      return sum + work.forward + work.backward + (item.offset > firstTrainable ? work.inputGradient : 0)
    }
  }

  /// Floating-point operations of a prediction's products, a sample.
  public var predictionWork: Int { layers.reduce(0) { $0 + $1.work.forward } }
}
