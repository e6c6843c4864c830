import Foundation
import Kernels
import NeuralNetworks
import SystemSupport
import Testing
import _TestSupport

/// Networks that are none of the presets: any layers in any order.
@Suite struct CompositionTests {
  struct Composition: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let network: ModelDescription
    let parameterCount: Int

    init(_ name: String, _ inputShape: [Int], _ parameterCount: Int, _ layers: [any LayerDescription]) {
      testDescription = name
      self.parameterCount = parameterCount
      network = ModelDescription(inputShape: inputShape, layers: layers + [Dense(units: 3, activation: .softmax)])
    }
  }

  private static func convolution(_ filters: Int) -> Conv1D {
    Conv1D(filters: filters, kernelSize: 3, activation: .relu)
  }

  /// Parameters counted by Keras's formulas.
  static let all: [Composition] = [
    Composition(
      "two convolutions of different filters", [2, 12, 4],
      (3 * 4 + 1) * 6 + (3 * 6 + 1) * 10 + 4 * (40 + 5 + 1) * 5 + 18,
      [
        TimeDistributed(convolution(6)), TimeDistributed(convolution(10)), TimeDistributed(MaxPooling1D()),
        TimeDistributed(Flatten()), LSTM(units: 5),
      ]),
    Composition(
      "three dense layers", [12, 2], 25 * 9 + 10 * 7 + 8 * 3,
      [Flatten(), Dense(units: 9, activation: .relu), Dropout(rate: 0.25), Dense(units: 7)]),
    Composition(
      "convolutions without recurrence", [20, 3], (3 * 3 + 1) * 8 + (3 * 8 + 1) * 4 + (8 * 4 + 1) * 3,
      [
        convolution(8), convolution(4), MaxPooling1D(), Dropout(rate: 0.5), TimeDistributed(Dropout(rate: 0.1)),
        Flatten(),
      ]),
    Composition(
      "an LSTM under a GRU", [9, 4], 4 * (4 + 6 + 1) * 6 + 3 * (6 + 5 + 2) * 5 + 18,
      [LSTM(units: 6, returnsSequences: true), GRU(units: 5)]),
    Composition(
      "dense layers on every step", [6, 5], 6 * 4 + 5 * 2 + 3 * (2 + 4 + 2) * 4 + 15,
      [Dense(units: 4, activation: .relu), TimeDistributed(Dense(units: 2)), GRU(units: 4)]),
    Composition(
      "convolutions under a convolutional LSTM", [2, 1, 12, 3],
      (3 * 3 + 1) * 4 + 4 * (3 * 4 + 3 * 5 + 1) * 5 + (8 * 5 + 1) * 3,
      [
        TimeDistributed(TimeDistributed(convolution(4))), ConvLSTM2D(filters: 5, kernelSize: 3, activation: .relu),
        Flatten(),
      ]),
  ]

  @Test(arguments: all)
  func parameters(_ composition: Composition) throws {
    #expect(try Sequential(composition.network).parameterCount == composition.parameterCount)
  }

  /// A row's output does not depend on its neighbours, and nothing on what was in memory.
  @Test(arguments: all, KernelSet.supported.map(\.name))
  func rowsDoNotDependOnTheirShard(_ composition: Composition, _ kernels: KernelSet.Name) throws {
    let model = try Sequential(composition.network)
    let buffer = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(buffer.address, key: (5, 6))
    let parameters = model.placedParameters.map {
      Array(UnsafeBufferPointer(start: buffer.address + $0.offset, count: $0.parameter.count))
    }
    let input = (0..<(5 * model.inputCount)).map { Float(($0 * 7919) % 1000) / 500 - 1 }
    let outputs = try [1, 2, 4].map { shardRows in
      let bench = ModelBench(model, kernels: try KernelSet(kernels), rows: 5, shardRows: shardRows)
      bench.setParameters(parameters)
      return bench.run(input)
    }
    #expect(outputs.allSatisfy { $0 == outputs[0] && !$0.contains { $0.isNaN } })
  }

  /// The gradient of the loss by every parameter against differences of the loss, through all layers at once.
  @Test(arguments: all)
  func gradientsAreDifferences(_ composition: Composition) throws {
    let model = try Sequential(composition.network)
    let rows = 6
    var random = PhiloxGenerator(key: (1, 2), stream: (3, 4, 5))
    let input = (0..<rows * model.inputCount).map { _ in Float(2 * random.nextUniform() - 1) }
    let labels = (0..<rows).map { UInt8($0 % 3) }
    let parameters = model.placedParameters.map { placed in
      (0..<placed.parameter.count).map { _ in Float(0.5 * (2 * random.nextUniform() - 1)) }
    }
    let bench = ModelBench(model, kernels: try KernelSet(KernelSet.bestName), rows: rows)
    let loss = CategoricalCrossEntropy(classes: 3)
    func objective(_ parameters: [[Float]]) -> Double {
      bench.setParameters(parameters)
      return loss.metrics(probabilities: bench.run(input), labels: labels, rows: rows).loss
    }
    let here = objective(parameters)
    _ = bench.run(input) { firstRow, output in
      var gradient = output
      loss.logitGradient(
        probabilities: output, labels: Array(labels[firstRow...]), rows: output.count / 3, scale: 1, into: &gradient)
      return gradient
    }
    let gradients = bench.parameterGradients()
    let h: Float = 4e-3
    let bound = max(0.02 * (gradients.map(largestMagnitude).max() ?? 0), 2e-3)
    var (smooth, places) = (0, 0)
    for (p, gradient) in gradients.enumerated() {
      for i in stride(from: 0, to: gradient.count, by: max(1, gradient.count / 12)) {
        func shifted(_ step: Float) -> Double {
          var moved = parameters
          moved[p][i] += step
          return objective(moved)
        }
        let (ahead, behind) = ((shifted(h) - here) / Double(h), (here - shifted(-h)) / Double(h))
        places += 1
        // Where the kink of a relu or a maximum lies within a step, there is no derivative to compare with.
        guard abs(ahead - behind) <= bound else { continue }
        smooth += 1
        #expect(abs((ahead + behind) / 2 - Double(gradient[i])) <= bound, "parameter \(p), place \(i)")
      }
    }
    #expect(2 * smooth >= places)
  }

  @Test(arguments: all)
  func descriptionsSurviveCoding(_ composition: Composition) throws {
    let data = try JSONEncoder().encode(composition.network)
    let read = try JSONDecoder().decode(ModelDescription.self, from: data)
    #expect(read == composition.network)
    #expect(read.layers.map(\.name) == composition.network.layers.map(\.name))
  }

  /// float32 isn't written, so that runs from before there was a choice keep their identity.
  @Test func thePrecisionIsPartOfADescription() throws {
    var network = ModelDescription(inputShape: [4], layers: [Dense(units: 3, activation: .softmax)])
    let plain = String(decoding: try JSONEncoder().encode(network), as: UTF8.self)
    #expect(!plain.contains("precision"))
    network.precision = .mixed
    let mixed = String(decoding: try JSONEncoder().encode(network), as: UTF8.self)
    #expect(try JSONDecoder().decode(ModelDescription.self, from: Data(mixed.utf8)) == network)
    #expect(try JSONDecoder().decode(ModelDescription.self, from: Data(plain.utf8)) != network)
    for wrong in ["\"bf16\"", "\"\"", "5", "null"] {
      let text = mixed.replacing("\"mixed\"", with: wrong)
      #expect(text != mixed)
      let error = #expect(throws: ModelError.self) {
        try JSONDecoder().decode(ModelDescription.self, from: Data(text.utf8))
      }
      #expect(error?.message.contains("\(wrong), expected f32 or mixed") == true)
    }
  }

  @Test func descriptionsThatDiffer() {
    func network(_ units: Int, _ name: String? = nil) -> ModelDescription {
      ModelDescription(inputShape: [4], layers: [Dense(units: units, activation: .softmax, name: name)])
    }
    #expect(network(3) == network(3) && network(3) != network(4) && network(3) != network(3, "other"))
    #expect(network(3).layers[0].name == "dense")
  }
}
