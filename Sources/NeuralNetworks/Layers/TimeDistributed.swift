package import Kernels

/// A layer applied to every step of `[S, …]` with the same weights.
///
/// https://keras.io/api/layers/recurrent_layers/time_distributed/
public struct TimeDistributed: LayerDescription {
  package var name: String?
  /// The layer that sees single steps: any but one with softmax.
  public private(set) var inner: any LayerDescription

  /// `inner` applied to each step.
  public init(_ inner: any LayerDescription, name: String? = nil) {
    self.inner = inner
    self.name = name
  }
}

extension TimeDistributed: LayerDefinition {
  package init(_ options: LayerOptions) throws(ModelError) {
    self.init(try options.layer("layer"), name: options.name)
  }

  package var config: [LayerOption] { [.own("layer", layer: inner)] }

  package mutating func fillNames(_ namer: inout LayerNamer) {
    if var definition = inner as? any LayerDefinition {
      definition.fillNames(&namer)
      inner = definition
    }
    if name == nil { name = namer.next(Self.className) }
  }

  package func makeLayer(inputShape: [Int], _ building: inout LayerBuilding) throws(ModelError) -> any Layer {
    guard let steps = inputShape.first, inputShape.count > 1 else {
      throw unfit(inputShape, expected: "[steps, …] around the inner layer's input")
    }
    let layer = try inner.definition().makeLayer(inputShape: Array(inputShape.dropFirst()), &building)
    return TimeDistributedLayer(name: layerName, steps: steps, inner: layer)
  }
}

/// To the inner layer, a step is a row.
package struct TimeDistributedLayer: Layer {
  package let name: String
  /// S.
  let steps: Int
  let inner: any Layer

  package var inputShape: [Int] { [steps] + inner.inputShape }
  package var outputShape: [Int] { [steps] + inner.outputShape }
  package var parameters: [Parameter] { inner.parameters.map { $0.inside(inner.name) } }
  package var weightGradient: WeightGradient { inner.weightGradient.distributed(over: steps) }
  package var innerLayers: [any Layer] { [inner] }
  package var isSoftmax: Bool { inner.isSoftmax }
  package func passesInputOn(inTraining: Bool) -> Bool { inner.passesInputOn(inTraining: inTraining) }
  package func workspaceCount(rows: Int) -> Int { inner.workspaceCount(rows: rows * steps) }
  package func scratchCount(rows: Int) -> Int { inner.scratchCount(rows: rows * steps) }
  package func packedMatrices(_ kernels: KernelSet) -> [PackedMatrix] { inner.packedMatrices(kernels) }
  package var flops: LayerFlops { steps * inner.flops }

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    inner.forward(distributed(context), input: input, output: output)
  }

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    inner.backward(
      distributed(context), input: input, output: output, outputGradient: outputGradient,
      inputGradient: inputGradient)
  }

  private func distributed(_ context: LayerContext) -> LayerContext {
    var context = context
    context.rows *= steps
    context.firstPosition *= steps
    return context
  }
}
