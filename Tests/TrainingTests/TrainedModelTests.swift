import Foundation
import ModelFiles
import NeuralNetworks
import Testing
import Training
import Windows
import _TestSupport

/// What a program in Swift uses: a network as data, trained, asked, saved and opened again.
@Suite struct TrainedModelTests {
  private let network = ModelDescription(
    inputShape: [24, 3],
    layers: [
      Conv1D(filters: 8, kernelSize: 3), MaxPooling1D(), GRU(units: 12), Dense(units: 4, activation: .softmax),
    ])

  private func trained(_ windows: WindowSet, threads: Int = 2, epochs: Int = 12) throws -> TrainedModel {
    var settings = TrainingSettings(epochs: epochs, seed: 1)
    settings.learningRate = 0.005
    settings.batchSize = 32
    return try TrainedModel.train(network, on: windows, settings: settings, threads: threads)
  }

  @Test func learnsPredictsAndIsOpenedAgain() throws {
    let windows = toyWindows(count: 300)
    let model = try trained(windows)
    #expect(model.history.map(\.epoch) == Array(0..<12))
    #expect(model.history.last!.loss < 0.5 * model.history[0].loss)
    let evaluation = try model.evaluate(on: windows)
    #expect(evaluation.accuracy > 0.8 && evaluation.count == 300)
    let probabilities = try model.probabilities(of: windows)
    #expect(probabilities.count == 300)
    #expect(probabilities.allSatisfy { $0.count == 4 && abs($0.reduce(0, +) - 1) < 1e-5 })

    let directory = try TemporaryDirectory()
    try model.write(to: directory.path("model.h5"))
    let opened = try TrainedModel(path: directory.path("model.h5"))
    #expect(opened.description == model.description)
    #expect(try opened.probabilities(of: windows) == probabilities)
  }

  @Test func sameBitsAtAnyNumberOfThreads() throws {
    let windows = toyWindows(count: 100)
    let one = try trained(windows, threads: 1, epochs: 2).probabilities(of: windows, threads: 1)
    for threads in [2, 3, 8] {
      #expect(try trained(windows, threads: threads, epochs: 2).probabilities(of: windows, threads: threads) == one)
    }
  }

  @Test func whatDoesNotFitIsNamed() throws {
    let other = #expect(throws: ModelError.self) { try trained(toyWindows(count: 20, timeSteps: 30)) }
    #expect(other?.message.contains("30 time steps") == true)
    let classes = #expect(throws: ModelError.self) { try trained(toyWindows(count: 20, classes: 7)) }
    #expect(classes?.message.contains("4 classes") == true)
    #expect(throws: ModelFileError.self) { try TrainedModel(path: "/nowhere/model.h5") }
    #expect(throws: SettingsError.self) { try trained(toyWindows(count: 20), epochs: 0) }
    var settings = TrainingSettings(epochs: 3, seed: 1)
    settings.learningRate = 1e38
    #expect(throws: TrainingError.self) {
      try TrainedModel.train(network, on: toyWindows(count: 100), settings: settings, threads: 1)
    }
  }
}
