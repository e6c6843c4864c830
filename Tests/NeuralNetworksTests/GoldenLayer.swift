import NeuralNetworks
import SystemSupport
import _TestSupport

extension Golden {
  /// The layer of a case in layers.h5 or layers-extended.h5, made of Keras's own config.
  func makeLayer(_ name: String, _ convolution: ConvolutionAlgorithm) throws -> any Layer {
    let classes = [
      ("bidirectional", "Bidirectional"), ("time-distributed", "TimeDistributed"), ("conv-lstm2d", "ConvLSTM2D"),
      ("conv1d", "Conv1D"), ("dense", "Dense"), ("flatten", "Flatten"), ("gru", "GRU"), ("lstm", "LSTM"),
      ("max-pooling1d", "MaxPooling1D"),
    ]
    let className = classes.first { name.hasPrefix($0.0) }?.1 ?? name
    let json: JSONValue = [
      "class_name": .string(className), "config": try JSONValue(parsing: configText),
    ]
    var building = LayerBuilding(convolution: convolution)
    return try LayerRegistry.read(json).makeLayer(
      inputShape: Array(try shape("input").dropFirst()), &building)
  }
}
