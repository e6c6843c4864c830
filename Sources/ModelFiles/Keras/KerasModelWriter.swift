internal import HDF5
internal import NeuralNetworks
internal import SystemSupport

/// Puts a model into an HDF5 file as Keras 3 does, the optimizer's weights aside.
struct KerasModelWriter {
  private let model: Sequential
  private let config: JSONValue
  private let parameters: AlignedBuffer
  private let training: KerasTrainingConfig?
  private let attributes: [String: String]
  private static let backend = "tensorflow"

  /// Throws `misuse` where these don't make a model.
  init(
    description: ModelDescription, parameters: AlignedBuffer, training: KerasTrainingConfig?,
    attributes: [String: String]
  ) throws(ModelFileError.Problem) {
    do throws(ModelError) {
      model = try Sequential(description)
      config = try KerasModelConfig.json(description, model)
    } catch {
      throw .misuse(reason: "cannot hold this model: \(error.message)")
    }
    guard parameters.count >= model.parameterBufferCount else {
      throw .misuse(
        reason: "cannot hold \(parameters.count) weights, expected at least \(model.parameterBufferCount)")
    }
    if let name = attributes.keys.sorted().first(where: { !$0.hasPrefix(KerasModelFile.attributePrefix) }) {
      throw .misuse(reason: "the attribute \(name) does not begin with \(KerasModelFile.attributePrefix)")
    }
    self.parameters = parameters
    self.training = training
    self.attributes = attributes
  }

  /// Writes the file.
  func write(_ path: String) throws(ModelFileError.Problem) {
    do throws(HDF5Error) {
      let file = try File.create(path)
      let root = try file.root
      try root.setAttribute("keras_version", .string(KerasModelFile.kerasVersion))
      try root.setAttribute("backend", .string(Self.backend))
      try root.setAttribute("model_config", .bytes(config.text))
      if let training { try root.setAttribute("training_config", .bytes(training.json.text)) }
      for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
        try root.setAttribute(name, .string(value))
      }
      try writeWeights(root)
      try file.close()
    } catch {
      throw error.kind == .cannotCreate
        ? .cannotCreate(reason: error.placedReason) : .cannotWrite(reason: error.placedReason)
    }
  }

  private func writeWeights(_ root: Group) throws(HDF5Error) {
    let weights = try root.createGroup("model_weights")
    try weights.setAttribute("keras_version", .bytes(KerasModelFile.kerasVersion))
    try weights.setAttribute("backend", .bytes(Self.backend))
    try weights.setAttribute("layer_names", .byteStrings(model.layers.map(\.name)))
    for (layer, offset) in zip(model.layers, model.parameterOffsets) {
      let group = try weights.createGroup(layer.name)
      let names = layer.parameters.map { "\(KerasModelConfig.name)/\(layer.name)/\($0.path)" }
      try Self.setNames(names, of: group)
      for (name, parameter) in zip(names, layer.parameters) {
        let first = parameters.address + offset + parameter.offset
        try group.writeDataset(
          name, Array(UnsafeBufferPointer(start: first, count: parameter.count)), shape: parameter.shape)
      }
    }
    try Self.setNames([], of: try weights.createGroup("top_level_model_weights"))
  }

  /// No names are numbers, as numpy makes them of an empty list.
  private static func setNames(_ names: [String], of group: Group) throws(HDF5Error) {
    try group.setAttribute("weight_names", names.isEmpty ? .doubles([]) : .byteStrings(names))
  }
}
