import HDF5
import Kernels
import NeuralNetworks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the tests of model files share.
enum KerasFileSupport {
  /// A file that Keras wrote, or knows of.
  static func golden(_ name: String, file: String = #filePath) -> String {
    "\(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])/Goldens/\(name)"
  }

  /// The small models that Keras saved.
  static func goldenConfiguration(_ architecture: Architecture) -> ModelConfiguration {
    var configuration = ModelConfiguration(architecture)
    if architecture != .convLSTM { configuration.units = 12 }
    if architecture != .lstm { configuration.filters = 8 }
    configuration.denseUnits = 10
    return configuration
  }

  /// The small variations that Keras saved, by the names in the files' names.
  static let goldenVariations: [String] = [
    "lstm-2", "lstm-gru", "lstm-2-bidirectional", "cnn-lstm-2-bidirectional-gru",
  ]

  /// The configuration of one of them, or of an architecture.
  static func goldenConfiguration(named name: String) -> ModelConfiguration {
    var configuration = goldenConfiguration(name.hasPrefix("cnn-lstm") ? .cnnLSTM : .lstm)
    configuration.layers = name.contains("-2") ? 2 : 1
    configuration.isBidirectional = name.contains("bidirectional")
    configuration.cell = name.contains("gru") ? .gru : .lstm
    return configuration
  }

  /// Runs `body` with the path of a folder of its own.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    var template = Array("/tmp/keras-file-tests-XXXXXX\0".utf8CString)
    guard let made = mkdtemp(&template) else { throw KerasFileError(path: "/tmp", problem: .misuse(reason: "mkdtemp")) }
    let folder = String(cString: made)
    defer {
      for name in names(in: folder) { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
    return try body(folder)
  }

  /// What is in a folder, hidden files too.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// A file's bytes.
  static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let count = ftell(file)
    rewind(file)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = fread(buffer.baseAddress, 1, count, file)
    }
  }

  /// Makes a file.
  static func write(_ bytes: some Collection<UInt8>, to path: String) {
    guard let file = fopen(path, "wb") else { return }
    defer { fclose(file) }
    let bytes = Array(bytes)
    fwrite(bytes, 1, bytes.count, file)
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

  /// Class probabilities of windows that lie one behind the other.
  static func probabilities(_ model: Sequential, _ parameters: AlignedBuffer, _ windows: [Float]) -> [Float] {
    let rows = windows.count / model.inputCount
    let plan = ExecutionPlan(model: model, kernels: KernelSet.supported[0], shardRows: rows, minibatchRows: nil)
    let packed = AlignedBuffer(count: plan.packedCount)
    for unit in plan.packingUnits() { plan.pack(unit, parameters: parameters.address, into: packed.address) }
    let worker = AlignedBuffer(count: plan.workerCount)
    let memory = ShardMemory(
      worker: worker.address, parameters: parameters.address, packed: packed.address, operands: nil)
    for (index, value) in windows.enumerated() { plan.input(memory)[index] = value }
    plan.forward(memory, rows: rows)
    return Array(UnsafeBufferPointer(start: plan.output(memory), count: rows * model.classCount))
  }
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
