/// The same floats as one axis: https://keras.io/api/layers/reshaping_layers/flatten/
public struct Flatten: LayerDescription {
  package var name: String?

  /// A layer for an input of any shape.
  public init(name: String? = nil) { self.name = name }
}

extension Flatten: LayerDefinition {
  package init(_ options: LayerOptions) throws(ModelError) { self.init(name: options.name) }

  package var config: [LayerOption] { [.fixed("data_format", "channels_last", .null)] }

  package func makeLayer(inputShape: [Int], _ building: inout LayerBuilding) throws(ModelError) -> any Layer {
    FlattenLayer(name: layerName, inputShape: inputShape)
  }
}

package struct FlattenLayer: Layer {
  package let name: String
  package let inputShape: [Int]
  package var outputShape: [Int] { [inputCount] }

  package func passesInputOn(inTraining: Bool) -> Bool { true }

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {}

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {}
}
