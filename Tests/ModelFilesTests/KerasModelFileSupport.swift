import HDF5
import Kernels
import ModelFiles
import NeuralNetworks
import SystemSupport
import _TestSupport

/// What the tests of model files share.
enum KerasFileSupport {
  /// A file that Keras wrote, or knows of.
  static func golden(_ name: String, file: String = #filePath) -> String {
    "\(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])/Goldens/\(name)"
  }

  /// The small models that Keras saved.
  static var goldenSizes: PresetSizes {
    var sizes = PresetSizes()
    sizes.units = 12
    sizes.filters = 8
    sizes.denseUnits = 10
    return sizes
  }

  static func goldenDescription(_ preset: ModelPreset) throws -> ModelDescription {
    try preset.description(goldenSizes)
  }

  /// The small variations that Keras saved, by the names in the files' names.
  static let goldenVariations: [String] = [
    "lstm-2", "lstm-gru", "lstm-2-bidirectional", "cnn-lstm-2-bidirectional-gru",
  ]

  /// The network that Keras saved with the dtype policy mixed_bfloat16.
  static func goldenMixed() throws -> ModelDescription {
    var description = try goldenDescription(.cnnLSTM)
    description.precision = .mixed
    return description
  }

  /// The description of one of them, or of a preset.
  static func goldenDescription(named name: String) throws -> ModelDescription {
    if let preset = ModelPreset(rawValue: name) { return try goldenDescription(preset) }
    let preset = name.hasPrefix("cnn-lstm") ? ModelPreset.cnnLSTM : .lstm
    var sizes = goldenSizes
    sizes.layers = name.contains("-2") ? 2 : 1
    sizes.isBidirectional = name.contains("bidirectional")
    sizes.cell = name.contains("gru") ? .gru : .lstm
    return try preset.description(sizes)
  }

  /// The networks of layers in other orders that Keras saved; their inputs and predictions are in compositions.h5.
  static let goldenCompositions: [String] = ["dense-on-sequences", "distributed-recurrent", "nested-convolutions"]

  /// As `data-tools/keras/golden_compositions.py` makes it.
  static func goldenComposition(named name: String) -> ModelDescription {
    let classes = Dense(units: 4, activation: .softmax)
    switch name {
    case "dense-on-sequences":
      return ModelDescription(
        inputShape: [9, 5],
        layers: [
          Dense(units: 7, activation: .relu), Bidirectional(LSTM(units: 5, returnsSequences: true)), Dense(units: 6),
          Flatten(), classes,
        ])
    case "distributed-recurrent":
      return ModelDescription(
        inputShape: [3, 6, 5],
        layers: [
          TimeDistributed(Bidirectional(LSTM(units: 4, returnsSequences: true))), TimeDistributed(GRU(units: 3)),
          TimeDistributed(Dense(units: 6, activation: .relu)), Bidirectional(GRU(units: 5)), classes,
        ])
    default:
      return ModelDescription(
        inputShape: [3, 1, 14, 5],
        layers: [
          TimeDistributed(TimeDistributed(Conv1D(filters: 8, kernelSize: 3, activation: .relu))),
          ConvLSTM2D(filters: 6, kernelSize: 4, recurrentActivation: .keras3HardSigmoid), Flatten(), classes,
        ])
    }
  }

  /// Weights that differ from each other, in the places where a model has any.
  static func someParameters(_ model: Sequential) -> AlignedBuffer {
    let buffer = AlignedBuffer(count: model.parameterBufferCount)
    var state: UInt32 = 12345
    for (_, parameter, offset) in model.placedParameters {
      for index in 0..<parameter.count {
        state = state &* 1_664_525 &+ 1_013_904_223
        buffer.address[offset + index] = (Float(state >> 8) / Float(1 << 24) - 0.5) * 0.4
      }
    }
    return buffer
  }

  static func someParameters(_ description: ModelDescription) throws -> AlignedBuffer {
    someParameters(try Sequential(description))
  }

  /// Class probabilities of windows that lie one behind the other.
  static func probabilities(_ model: Sequential, _ parameters: AlignedBuffer, _ windows: [Float]) -> [Float] {
    let rows = windows.count / model.inputCount
    let plan = ExecutionPlan(model: model, kernels: KernelSet.supported[0], shardRows: rows, minibatchRows: nil)
    let packed = AlignedBuffer(count: plan.packedCount)
    for task in plan.packing { plan.pack(task, parameters: parameters.address, into: packed.address) }
    let worker = AlignedBuffer(count: plan.workerCount)
    let memory = ShardMemory(
      worker: worker.address, parameters: parameters.address, packed: packed.address, operands: nil)
    for (index, value) in windows.enumerated() { plan.input(memory)[index] = value }
    plan.forward(memory, rows: rows)
    return Array(UnsafeBufferPointer(start: plan.output(memory), count: rows * model.classCount))
  }
}

extension AlignedBuffer {
  /// All numbers to the bit, those of gaps too.
  var bits: [UInt32] { array.map(\.bitPattern) }
}

/// A model file taken apart, to be put together again with something wrong in it.
struct ModelFileParts: Sendable {
  /// A weight of a layer.
  struct Weight: Sendable {
    var name: String
    var shape: [Int]
    var values: [Float]
  }

  var attributes: [String: String] = [:]
  var layerNames: [String]
  var weights: [String: [Weight]] = [:]
  var hasWeightsGroup = true

  /// The parts of the file at `path`.
  init(_ path: String) throws {
    let root = try File.open(path).root
    for name in try root.attributeNames() { attributes[name] = try root.attribute(name).string() }
    let group = try root.group("model_weights")
    layerNames = try group.attribute("layer_names").strings()
    for layer in layerNames {
      let names = try group.group(layer).attribute("weight_names").strings()
      weights[layer] = try names.map { name in
        let dataset = try group.group(layer).dataset(name)
        return Weight(name: name, shape: try dataset.shape, values: try dataset.read())
      }
    }
  }

  /// Replaces text in the model's config; false where it isn't there.
  @discardableResult
  mutating func replace(_ old: String, _ new: String) -> Bool {
    guard var config = attributes["model_config"], let range = config.firstRange(of: old) else { return false }
    config.replaceSubrange(range, with: new)
    attributes["model_config"] = config
    return true
  }

  /// Replaces text that must be there.
  mutating func change(_ old: String, _ new: String) throws {
    guard replace(old, new) else { throw Absent(text: old) }
  }

  /// The config has no such text.
  struct Absent: Error {
    let text: String
  }

  /// The model, by way of a file of its own.
  func read() throws -> KerasModelFile {
    let folder = try TemporaryDirectory()
    try write(folder.path("model.h5"))
    return try KerasModelFile.read(path: folder.path("model.h5"))
  }

  /// Makes a file of them, with fixed-length names as older Kerases wrote them.
  func write(_ path: String) throws {
    let file = try File.create(path)
    let root = try file.root
    for (name, value) in attributes { try root.setAttribute(name, .string(value)) }
    if hasWeightsGroup {
      let group = try root.createGroup("model_weights")
      try group.setAttribute("layer_names", .fixedLengthStrings(layerNames))
      for (layer, weights) in weights {
        let layerGroup = try group.createGroup(layer)
        try layerGroup.setAttribute("weight_names", .fixedLengthStrings(weights.map(\.name)))
        for weight in weights where !weight.values.isEmpty {
          try layerGroup.writeDataset(weight.name, weight.values, shape: weight.shape)
        }
      }
    }
    try file.close()
  }
}
