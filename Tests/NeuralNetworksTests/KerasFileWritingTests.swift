import Foundation
import HDF5
import Kernels
import NeuralNetworks
import Testing

@Suite("KerasFile: writing")
struct KerasFileWritingTests {
  static let configurations: [ModelConfiguration] =
    Architecture.allCases.map { ModelConfiguration($0) }
    + Architecture.allCases.map { architecture in
      var odd = ModelConfiguration(architecture)
      odd.channels = 4
      odd.classes = 3
      odd.denseUnits = 5
      odd.dropoutRate = 0.3
      odd.timeSteps = 33
      if architecture != .convLSTM { odd.units = 7 }
      if architecture != .lstm {
        odd.filters = 5
        odd.kernelSize = 2
        odd.subsequences = 3
      }
      if architecture == .convLSTM { odd.recurrentActivation = .hardSigmoid }
      return odd
    } + [Architecture.lstm, .cnnLSTM].flatMap { variations($0) }

  /// All kinds of recurrent layers but the tutorial's.
  static func variations(_ architecture: Architecture) -> [ModelConfiguration] {
    RecurrentCell.allCases.flatMap { cell in
      [(1, true), (2, false), (3, true)].map { layers, isBidirectional in
        var configuration = ModelConfiguration(architecture)
        configuration.timeSteps = 32
        configuration.units = 5
        configuration.layers = layers
        configuration.isBidirectional = isBidirectional
        configuration.cell = cell
        return configuration
      }
    }
  }

  @Test("What is written is read again, to the bit", arguments: configurations)
  func roundTrip(configuration: ModelConfiguration) throws {
    try KerasFileSupport.withFolder { folder in
      let path = "\(folder)/model.h5"
      let parameters = KerasFileSupport.someParameters(configuration.makeModel())
      let attributes = ["har_seed": "18446744073709551615", "har_scaling": "{\"mean\": [1, 2]}\nü", "har_": ""]
      try KerasModelFile.write(
        path: path, configuration: configuration, parameters: parameters, attributes: attributes)
      let file = try KerasModelFile.read(path: path)
      #expect(file.configuration == configuration)
      #expect(file.attributes == attributes)
      #expect(file.parameters.array.map(\.bitPattern) == parameters.array.map(\.bitPattern))
      #expect(file.model.parameterOffsets == configuration.makeModel().parameterOffsets)
      #expect(KerasFileSupport.names(in: folder) == ["model.h5"])
    }
  }

  @Test("All recurrent activations survive", arguments: [Activation.sigmoid, .hardSigmoid, .keras3HardSigmoid])
  func recurrentActivations(activation: Activation) throws {
    try KerasFileSupport.withFolder { folder in
      var configuration = KerasFileSupport.goldenConfiguration(.convLSTM)
      configuration.recurrentActivation = activation
      let parameters = KerasFileSupport.someParameters(configuration.makeModel())
      try KerasModelFile.write(path: "\(folder)/m.h5", configuration: configuration, parameters: parameters)
      #expect(try KerasModelFile.read(path: "\(folder)/m.h5").configuration == configuration)
    }
  }

  @Test("Groups, datasets, attributes and configs are those that Keras writes", arguments: Architecture.allCases)
  func layout(architecture: Architecture) throws {
    try expectLayout(of: architecture.rawValue, KerasFileSupport.goldenConfiguration(architecture))
  }

  @Test("So they are with other recurrent layers", arguments: KerasFileSupport.goldenVariations)
  func layout(variation: String) throws {
    try expectLayout(of: variation, KerasFileSupport.goldenConfiguration(named: variation))
  }

  private func expectLayout(of name: String, _ configuration: ModelConfiguration) throws {
    try KerasFileSupport.withFolder { folder in
      let golden = KerasFileSupport.golden("keras-\(name).h5")
      let weights = try KerasModelFile.read(path: golden).parameters
      try KerasModelFile.write(path: "\(folder)/m.h5", configuration: configuration, parameters: weights)
      let ours = try Self.describe(try File.open("\(folder)/m.h5").root)
      let theirs = try Self.describe(try File.open(golden).root)
      #expect(ours.keys.sorted() == theirs.keys.sorted())
      for (path, description) in theirs { #expect(ours[path] == description, "\(path)") }
    }
  }

  @Test("The full-size networks' configs mean what Keras's mean", arguments: Architecture.allCases)
  func fullSizeConfigs(architecture: Architecture) throws {
    try KerasFileSupport.withFolder { folder in
      let configuration = ModelConfiguration(architecture)
      let parameters = AlignedBuffer(count: configuration.makeModel().parameterBufferCount)
      try KerasModelFile.write(path: "\(folder)/m.h5", configuration: configuration, parameters: parameters)
      let root = try File.open("\(folder)/m.h5").root
      for (attribute, file) in [
        ("model_config", "model_config-\(architecture.rawValue).json"), ("training_config", "training_config.json"),
      ] {
        let golden = try Data(contentsOf: URL(fileURLWithPath: KerasFileSupport.golden(file)))
        let expected = try #require(try JSONSerialization.jsonObject(with: golden) as? NSDictionary)
        let text = try root.attribute(attribute).string()
        let found = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
        #expect(found == expected)
      }
    }
  }

  @Test("The optimizer's settings are written")
  func trainingConfig() throws {
    try KerasFileSupport.withFolder { folder in
      let configuration = KerasFileSupport.goldenConfiguration(.lstm)
      var training = KerasTrainingConfig()
      training.learningRate = 0.25
      training.beta1 = 0.8
      try KerasModelFile.write(
        path: "\(folder)/m.h5", configuration: configuration,
        parameters: KerasFileSupport.someParameters(configuration.makeModel()), training: training)
      let text = try File.open("\(folder)/m.h5").root.attribute("training_config").string()
      #expect(text.contains(#""learning_rate": 0.25, "#))
      #expect(text.contains(#""beta_1": 0.8, "beta_2": 0.999, "epsilon": 1e-07, "#))
    }
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
