/// A model: layers one behind the other, the last a softmax over the classes.
///
/// Immutable; parameters, gradients and activations lie in buffers of whoever runs it.
package struct Sequential: Sendable {
  package let layers: [any Layer]
  /// Each layer's first parameter in the buffer of all parameters, on a cache line.
  package let parameterOffsets: [Int]
  /// Floats of that buffer.
  package let parameterBufferCount: Int
  /// The first layer with parameters: no gradient goes further down.
  let firstTrainable: Int
  let precision: Precision

  /// At least one layer, each taking what the one before gives.
  package init(layers: [any Layer], precision: Precision = .f32) {
    self.layers = layers
    self.precision = precision
    var offset = 0
    parameterOffsets = layers.map { layer in
      defer { offset += alignedToLine(layer.parameterCount) }
      return offset
    }
    parameterBufferCount = offset
    firstTrainable = layers.firstIndex { !$0.parameters.isEmpty } ?? layers.count
  }

  /// Floats of one sample.
  package var inputCount: Int { layers[0].inputCount }
  package var classCount: Int { layers[layers.count - 1].outputCount }
  /// Parameters, without the gaps of the buffer.
  package var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }

  /// All parameters with their places in the buffer, in Keras's order.
  package var placedParameters: [(layer: any Layer, parameter: Parameter, offset: Int)] {
    zip(layers, parameterOffsets).flatMap { layer, offset in
      layer.parameters.map { (layer, $0, offset + $0.offset) }
    }
  }

  /// Floating-point operations of a training step's products, per sample.
  package var trainingFlops: Int {
    layers.enumerated().reduce(0) { sum, item in
      let flops = item.element.flops
      return sum + flops.forward + flops.backward + (item.offset > firstTrainable ? flops.inputGradient : 0)
    }
  }
}

// MARK: From a description

extension Sequential {
  /// Floats per sample, at most, of all parameters, activations and what is kept between the passes: 4 GiB.
  static let largestCount = 1 << 30

  /// The model that a description stands for.
  ///
  /// - Throws: what is wrong with the first layer that can't be what it is asked, or can't stand where it does.
  package init(_ description: ModelDescription, convolution: ConvolutionAlgorithm = .standard) throws(ModelError) {
    let inputShape = description.inputShape
    guard !inputShape.isEmpty, inputShape.allSatisfy({ LayerOptions.sizes.contains($0) }) else {
      throw ModelError(
        layer: "input", .inputShape(inputShape, expected: "extents, each \(LayerOptions.expectedSize)"))
    }
    try Self.checkNames(description.layers)
    var count = try Self.adding(inputShape, to: 0)
    var shape = inputShape
    var layers: [any Layer] = []
    var building = LayerBuilding(convolution: convolution)
    for description in description.layers {
      let layer = try description.definition().makeLayer(inputShape: shape, &building)
      shape = layer.outputShape
      // With the input's count checked and sizes below 2^16, none of a layer's own counts overflows.
      count = try Self.adding(shape, to: count)
      count += layer.parameterCount + layer.workspaceCount(rows: 1) + layer.scratchCount(rows: 1)
      if case .perBatch(let products) = layer.weightGradient {
        count += products.inputCountPerSample + products.outputCountPerSample
      }
      guard count <= Self.largestCount else { throw Self.tooLarge }
      layers.append(layer)
    }
    try Self.checkEnd(layers)
    self.init(layers: layers, precision: description.precision)
  }

  private static var tooLarge: ModelError {
    ModelError(.other("the model takes more than \(largestCount) numbers"))
  }

  private static func adding(_ shape: [Int], to count: Int) throws(ModelError) -> Int {
    var product = 1
    for extent in shape {
      let (result, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow, result <= largestCount else { throw tooLarge }
      product = result
    }
    return count + product
  }

  private static func checkNames(_ layers: [any LayerDescription]) throws(ModelError) {
    var names: Set<String> = []
    for name in layers.compactMap(\.name) {
      guard !name.isEmpty, name != ".", !name.contains(where: { $0 == "/" || $0 == "\0" }) else {
        throw ModelError(layer: name, .other("is no name for a layer, expected one without \"/\""))
      }
      guard names.insert(name).inserted else { throw ModelError(layer: name, .other("has the name of another layer")) }
    }
  }

  /// Softmax belongs to the last layer, which gives the classes, and to no other.
  private static func checkEnd(_ layers: [any Layer]) throws(ModelError) {
    guard let last = layers.last else { throw ModelError(.other("found no layers, expected at least one")) }
    if let early = layers.dropLast().first(where: \.isSoftmax) {
      throw ModelError(
        layer: early.name,
        .option("activation", found: "\"softmax\"", expected: "\"linear\" or \"relu\" but in the end"))
    }
    guard let dense = last as? DenseLayer else {
      throw ModelError(layer: last.name, .other("is the last layer, expected a Dense layer with softmax"))
    }
    guard dense.isSoftmax else {
      throw ModelError(
        layer: dense.name,
        .option("activation", found: dense.activation.json.text, expected: "\"softmax\" in the last layer"))
    }
    guard dense.inputShape.count == 1 else {
      throw ModelError(layer: dense.name, .inputShape(dense.inputShape, expected: "[features] in the last layer"))
    }
  }
}
