/// What Keras's `model.summary()` says of a network, and the arithmetic that it takes.
///
/// Operations are those of matrix products and convolutions, a multiplication and its addition counted as two, as everywhere in
/// the package (``Sequential/trainingFlops``). A convolution counts as the direct one, however it is computed. The first step of
/// a recurrent layer has no previous state to multiply, and counts only where one product takes input and state together.
/// Biases, activation functions, the gates' own arithmetic, pooling, dropout and softmax are left out.
package struct NetworkSummary: Sendable, Equatable, Encodable {
  /// A layer as Keras shows it: a wrapper such as `TimeDistributed` is one, whatever is in it.
  package struct Layer: Sendable, Equatable, Encodable {
    package let name: String
    package let className: String
    /// The batch's size, which is open (nil), and a window's shape: Keras's `(None, 128, 100)`.
    package let outputShape: [Int?]
    package let parameters: Int
    /// Of the forward pass over a window.
    package let forwardFlops: Int
    /// The layers that a wrapper is around, whose parameters and operations are part of its own. Their shape is that of one call: to
    /// a `TimeDistributed`'s layer, a step is a window.
    package let inside: [Layer]
  }

  /// What the network goes by.
  package let name: String
  package let precision: Precision
  package let inputShape: [Int?]
  package let layers: [Layer]
  package let parameters: Int
  /// All of them: layers that Keras would leave as they are (`trainable`) are trained here too.
  package let trainableParameters: Int
  package let nonTrainableParameters: Int
  /// Of the parameters as float32, which they are in either precision.
  package let parameterBytes: Int
  /// Of the forward pass over a window.
  package let forwardFlops: Int
  /// Of a training step per window: the forward pass, the gradients of all weights, and those of inputs but below the first layer
  /// with parameters. The optimizer's are left out.
  package let trainingFlops: Int

  /// Throws what is wrong with a description that is no network.
  package init(_ description: ModelDescription, name: String) throws(ModelError) {
    let model = try Sequential(description)
    self.name = name
    precision = description.precision
    inputShape = Self.batched(description.inputShape)
    var layers: [Layer] = []
    for (description, layer) in zip(description.layers, model.layers) {
      layers.append(try Self.layer(try description.definition(), layer, calls: 1))
    }
    self.layers = layers
    parameters = model.parameterCount
    trainableParameters = parameters
    nonTrainableParameters = 0
    parameterBytes = parameters * MemoryLayout<Float>.size
    forwardFlops = layers.reduce(0) { $0 + $1.forwardFlops }
    trainingFlops = model.trainingFlops
  }

  /// - Parameter calls: how often a window's forward pass calls the layer.
  private static func layer(
    _ definition: any LayerDefinition, _ layer: any NeuralNetworks.Layer, calls: Int
  ) throws(ModelError) -> Layer {
    let innerCalls = calls * ((layer as? TimeDistributedLayer)?.steps ?? 1)
    var inside: [Layer] = []
    var innerLayers = layer.innerLayers.makeIterator()
    for option in definition.config {
      guard case .layer(let description) = option.value, let inner = innerLayers.next() else { continue }
      inside.append(try Self.layer(try description.definition(), inner, calls: innerCalls))
    }
    return Layer(
      name: layer.name, className: type(of: definition).className, outputShape: batched(layer.outputShape),
      parameters: layer.parameterCount, forwardFlops: calls * layer.flops.forward, inside: inside)
  }

  private static func batched(_ shape: [Int]) -> [Int?] { [nil] + shape }
}
