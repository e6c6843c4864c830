import ModelFiles
import NeuralNetworks
import SystemSupport
import Training
import Windows

extension FuzzedReader {
  static let settings = [
    ofText("search-space") { text in
      let space = try SearchSpaceFile.parse(text, path: "space.yaml")
      precondition(!space.parameters.isEmpty)
    },
    ofFile("run-configuration") { path in
      let configuration = try RunConfiguration.read(path)
      for model in configuration.settings.models { try check(model.network) }
    },
    ofFile("search-configuration") { path in
      let configuration = try TuningConfiguration.read(path)
      for trial in configuration.trials { try check(trial.model.network) }
    },
    ofText("record") { text in
      let record = try RunJSON.decode(RepeatRecord.self, .init(text.utf8))
      _ = try RunJSON.encode(record)
    },
    ofText("network") { text in
      for generation in [KerasGeneration.two, .three] {
        if let description = try? KerasModelConfig.read(text, generation: generation) { try check(description) }
      }
    },
    ofText("scaling") { text in
      let scaling = try FeatureScaling(jsonText: text)
      precondition(scaling.scales.allSatisfy { $0.isFinite })
    },
  ]

  /// A network that is accepted has shapes and a count of operations.
  private static func check(_ description: ModelDescription) throws {
    let model = try Sequential(description)
    precondition(model.parameterCount >= 0 && model.trainingFlops >= 0)
  }
}
