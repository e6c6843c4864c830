import Foundation
import HDF5
import Kernels
import ModelFiles
import NeuralNetworks
import SystemSupport
import Testing
import _TestSupport

@Suite("KerasModelFile: writing")
struct KerasModelFileWritingTests {
  /// A network that is written.
  struct Network: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable () throws -> ModelDescription

    init(_ name: String, _ make: @escaping @Sendable () throws -> ModelDescription) {
      testDescription = name
      self.make = make
    }

    init(_ preset: ModelPreset, _ kind: String, _ sizes: PresetSizes) {
      self.init("\(preset.rawValue), \(kind)") { try preset.description(sizes) }
    }

    init(_ name: String, _ inputShape: [Int], _ layers: [any LayerDescription]) {
      self.init(name) {
        ModelDescription(inputShape: inputShape, layers: layers + [Dense(units: 6, activation: .softmax)])
      }
    }
  }

  static let presets: [Network] =
    ModelPreset.allCases.map { Network($0, "the tutorial's", PresetSizes()) }
    + ModelPreset.allCases.map { preset in
      var odd = PresetSizes()
      odd.channels = 4
      odd.classes = 3
      odd.denseUnits = 5
      odd.dropoutRate = 0.3
      odd.timeSteps = 33
      odd.units = 7
      odd.filters = 5
      odd.kernelSize = 2
      odd.subsequences = 3
      if preset == .convLSTM { odd.recurrentActivation = .hardSigmoid }
      return Network(preset, "odd", odd)
    } + [ModelPreset.lstm, .cnnLSTM].flatMap { variations($0) }

  /// All kinds of recurrent layers but the tutorial's.
  static func variations(_ preset: ModelPreset) -> [Network] {
    RecurrentCell.allCases.flatMap { cell in
      [(1, true), (2, false), (3, true)].map { layers, isBidirectional in
        var sizes = PresetSizes()
        sizes.timeSteps = 32
        sizes.units = 5
        sizes.layers = layers
        sizes.isBidirectional = isBidirectional
        sizes.cell = cell
        return Network(preset, "\(layers) \(isBidirectional ? "bidirectional " : "")\(cell.rawValue)", sizes)
      }
    }
  }

  /// Networks that are no preset.
  static let compositions: [Network] =
    [
      Network(
        "a CNN-LSTM of different filters", [4, 32, 9],
        [
          TimeDistributed(Conv1D(filters: 8, kernelSize: 3, activation: .relu)),
          TimeDistributed(Conv1D(filters: 6, kernelSize: 5)), TimeDistributed(Dropout(rate: 0.25)),
          TimeDistributed(MaxPooling1D()), TimeDistributed(Flatten()), LSTM(units: 7), Dropout(rate: 0.5),
          Dense(units: 5, activation: .relu),
        ]),
      Network(
        "three dense layers", [16, 9],
        [LSTM(units: 7), Dense(units: 9, activation: .relu), Dense(units: 8), Dense(units: 7, activation: .relu)]),
      Network(
        "convolutions without recurrence", [32, 9],
        [
          Conv1D(filters: 8, kernelSize: 3, activation: .relu), MaxPooling1D(),
          Conv1D(filters: 6, kernelSize: 3, activation: .relu), Flatten(),
        ]),
      Network("an LSTM under a GRU", [16, 9], [LSTM(units: 8, returnsSequences: true), GRU(units: 5)]),
      Network(
        "names of their own", [16, 9],
        [
          Bidirectional(GRU(units: 5, name: "g"), name: "both"), Dropout(rate: 0.125, name: "dropout_7"),
          Dense(units: 4, name: "größer (1)"),
        ]),
      Network("softmax alone", [9], []),
    ]
    + KerasFileSupport.goldenCompositions.map { name in
      Network(name) { KerasFileSupport.goldenComposition(named: name) }
    }

  @Test("What is written is read again, to the bit", arguments: presets + compositions)
  func roundTrip(network: Network) throws {
    let description = try network.make()
    let folder = try TemporaryDirectory()
    let path = folder.path("model.h5")
    let model = try Sequential(description)
    let parameters = KerasFileSupport.someParameters(model)
    let attributes = ["har_seed": "18446744073709551615", "har_scaling": "{\"mean\": [1, 2]}\nü", "har_": ""]
    try KerasModelFile.write(path: path, description: description, parameters: parameters, attributes: attributes)
    let file = try KerasModelFile.read(path: path)
    #expect(file.description == description)
    #expect(try KerasModelFile.readDescription(path: path) == description)
    #expect(file.attributes == attributes)
    #expect(file.parameters.bits == parameters.bits)
    #expect(file.model.parameterOffsets == model.parameterOffsets)
    #expect(try folder.names() == ["model.h5"])
    let rows = (0..<2 * model.inputCount).map { Float($0 % 17) / 17 - 0.5 }
    #expect(
      KerasFileSupport.probabilities(file.model, file.parameters, rows)
        == KerasFileSupport.probabilities(model, parameters, rows))
  }

  @Test("Mixed precision survives, and gives other probabilities", arguments: ModelPreset.allCases)
  func mixedPrecision(preset: ModelPreset) throws {
    let folder = try TemporaryDirectory()
    var description = try KerasFileSupport.goldenDescription(preset)
    let parameters = try KerasFileSupport.someParameters(description)
    let rows = (0..<2 * description.inputShape.reduce(1, *)).map { Float($0 % 17) / 17 - 0.5 }
    func probabilities(_ precision: Precision) throws -> [Float] {
      description.precision = precision
      let path = folder.path("\(precision).h5")
      try KerasModelFile.write(path: path, description: description, parameters: parameters)
      let file = try KerasModelFile.read(path: path)
      #expect(file.description == description)
      #expect(file.parameters.bits == parameters.bits)
      return KerasFileSupport.probabilities(file.model, file.parameters, rows)
    }
    #expect(try probabilities(.mixed) != probabilities(.f32))
  }

  @Test("All recurrent activations survive", arguments: [Activation.sigmoid, .hardSigmoid, .keras3HardSigmoid])
  func recurrentActivations(activation: Activation) throws {
    let folder = try TemporaryDirectory()
    var sizes = KerasFileSupport.goldenSizes
    sizes.recurrentActivation = activation
    let description = try ModelPreset.convLSTM.description(sizes)
    try KerasModelFile.write(
      path: folder.path("m.h5"), description: description, parameters: try KerasFileSupport.someParameters(description))
    let found = try KerasModelFile.read(path: folder.path("m.h5")).description
    #expect(found == description)
    #expect((found.layers.first as? ConvLSTM2D)?.recurrentActivation == activation)
  }

  @Test("Groups, datasets, attributes and configs are those that Keras writes", arguments: ModelPreset.allCases)
  func layout(preset: ModelPreset) throws {
    try expectLayout(of: preset.rawValue, try KerasFileSupport.goldenDescription(preset))
  }

  @Test("So they are with other recurrent layers", arguments: KerasFileSupport.goldenVariations)
  func layout(variation: String) throws {
    try expectLayout(of: variation, try KerasFileSupport.goldenDescription(named: variation))
  }

  @Test("So they are with layers in other orders", arguments: KerasFileSupport.goldenCompositions)
  func layout(composition: String) throws {
    try expectLayout(of: composition, KerasFileSupport.goldenComposition(named: composition))
  }

  @Test("So are the dtype policies of mixed precision")
  func layoutOfMixedPrecision() throws { try expectLayout(of: "mixed", try KerasFileSupport.goldenMixed()) }

  private func expectLayout(of name: String, _ description: ModelDescription) throws {
    let folder = try TemporaryDirectory()
    let golden = KerasFileSupport.golden("keras-\(name).h5")
    let weights = try KerasModelFile.read(path: golden).parameters
    try KerasModelFile.write(path: folder.path("m.h5"), description: description, parameters: weights)
    let ours = try Self.describe(try File.open(folder.path("m.h5")).root)
    let theirs = try Self.describe(try File.open(golden).root)
    #expect(ours.keys.sorted() == theirs.keys.sorted())
    for (path, description) in theirs { #expect(ours[path] == description, "\(path)") }
  }

  @Test("The full-size networks' configs mean what Keras's mean", arguments: ModelPreset.allCases)
  func fullSizeConfigs(preset: ModelPreset) throws {
    let folder = try TemporaryDirectory()
    let description = try preset.description()
    let parameters = AlignedBuffer(count: try Sequential(description).parameterBufferCount)
    try KerasModelFile.write(path: folder.path("m.h5"), description: description, parameters: parameters)
    let root = try File.open(folder.path("m.h5")).root
    for (attribute, file) in [
      ("model_config", "model_config-\(preset.rawValue).json"), ("training_config", "training_config.json"),
    ] {
      let golden = try Data(contentsOf: URL(fileURLWithPath: KerasFileSupport.golden(file)))
      let expected = try #require(try JSONSerialization.jsonObject(with: golden) as? NSDictionary)
      let text = try root.attribute(attribute).string()
      let found = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
      #expect(found == expected)
    }
  }

  @Test("The optimizer's settings are written")
  func trainingConfig() throws {
    var training = KerasTrainingConfig()
    training.learningRate = 0.25
    training.adam.beta1 = 0.8
    let text = try writtenTrainingConfig(training)
    #expect(text.contains(#""learning_rate": 0.25, "#))
    #expect(text.contains(#""beta_1": 0.8, "beta_2": 0.999, "epsilon": 1e-07, "#))
    #expect(text.contains(#""clipnorm": null, "global_clipnorm": null, "clipvalue": null, "#))
  }

  @Test("The gradient's longest norm is written as a decimal number", arguments: [(1, "1.0"), (0.3, "0.3")])
  func globalClipNorm(norm: Float, text: String) throws {
    let found = try writtenTrainingConfig(KerasTrainingConfig(globalClipNorm: norm))
    #expect(found.contains(#""clipnorm": null, "global_clipnorm": \#(text), "clipvalue": null, "#), "\(found)")
  }

  private func writtenTrainingConfig(_ training: KerasTrainingConfig) throws -> String {
    let folder = try TemporaryDirectory()
    let description = try KerasFileSupport.goldenDescription(.lstm)
    try KerasModelFile.write(
      path: folder.path("m.h5"), description: description,
      parameters: try KerasFileSupport.someParameters(description), training: training)
    return try File.open(folder.path("m.h5")).root.attribute("training_config").string()
  }

  /// What there is under a group, weights' values and the optimizer's state aside: path to description.
  static func describe(_ group: Group) throws -> [String: String] {
    var found = [group.name: "group"]
    for attribute in try group.attributeNames() {
      let value = try group.attribute(attribute)
      let text = try value.elementType == .string ? "\(try value.strings())" : "no strings"
      found["\(group.name)@\(attribute)"] = "\(try value.elementType) \(try value.shape) \(text)"
    }
    for name in try group.memberNames() where name != "optimizer_weights" {
      if let member = try? group.group(name) {
        found.merge(try describe(member)) { first, _ in first }
      } else {
        let dataset = try group.dataset(name)
        found[dataset.name] = "\(try dataset.elementType) \(try dataset.shape) \(try dataset.attributeNames())"
      }
    }
    return found
  }
}
