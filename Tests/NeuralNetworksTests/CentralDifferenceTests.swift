import Kernels
import NeuralNetworks
import Testing

/// Gradients of every layer against central differences of Σ output · weight.
///
/// In float the difference quotient has an error of about ε/h from rounding and h² from the third derivative; with h = 4e-3 both are
/// near 1e-4 of the outputs' size, so that the bound is 2 % of the largest gradient. Sharper bounds are the goldens' business.
/// Where the kink of a relu, a clip or a maximum lies within a step, the differences to its two sides disagree and there is no
/// derivative to compare with; such places are left out and counted.
@Suite struct CentralDifferenceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let layer: any Layer
    var isFirst = false
    var dropout = false
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "dense linear", layer: Dense(name: "d", inputs: 7, units: 5, function: .linear)),
    Case(name: "dense relu", layer: Dense(name: "d", inputs: 20, units: 17, function: .relu)),
    Case(name: "conv", layer: Conv1D(name: "c", steps: 9, channels: 3, filters: 5, kernelSize: 3)),
    Case(
      name: "time-distributed conv",
      layer: TimeDistributed(
        name: "t", steps: 2, inner: Conv1D(name: "c", steps: 7, channels: 4, filters: 18, kernelSize: 3))),
    Case(name: "max pooling", layer: MaxPooling1D(name: "m", steps: 5, channels: 6)),
    Case(name: "flatten", layer: Flatten(name: "f", shape: [3, 4])),
    Case(name: "dropout", layer: Dropout(name: "d", shape: [3, 30], rate: 0.5, stream: 3), dropout: true),
    Case(name: "lstm stepwise", layer: LSTM(name: "l", steps: 40, features: 3, units: 6)),
    Case(
      name: "lstm stepwise sequences", layer: LSTM(name: "l", steps: 5, features: 4, units: 18, returnsSequences: true)),
    Case(name: "lstm hoisted", layer: LSTM(name: "l", steps: 3, features: 40, units: 7)),
    Case(
      name: "lstm hoisted sequences", layer: LSTM(name: "l", steps: 3, features: 40, units: 7, returnsSequences: true)),
    Case(name: "gru", layer: gru("g", steps: 40, features: 3, units: 6)),
    Case(name: "gru sequences", layer: gru("g", steps: 5, features: 4, units: 18, returnsSequences: true)),
    Case(name: "gru deferred", layer: gru("g", steps: 3, features: 40, units: 7)),
    Case(name: "gru deferred sequences", layer: gru("g", steps: 3, features: 41, units: 7, returnsSequences: true)),
    bidirectional("bidirectional lstm", LSTM(name: "l", steps: 5, features: 4, units: 18)),
    bidirectional(
      "bidirectional lstm sequences", LSTM(name: "l", steps: 35, features: 3, units: 6, returnsSequences: true)),
    bidirectional("bidirectional lstm hoisted", LSTM(name: "l", steps: 3, features: 40, units: 7)),
    bidirectional(
      "bidirectional lstm hoisted sequences",
      LSTM(name: "l", steps: 3, features: 40, units: 7, returnsSequences: true)),
    bidirectional("bidirectional gru", gru("g", steps: 35, features: 3, units: 6)),
    bidirectional("bidirectional gru sequences", gru("g", steps: 5, features: 4, units: 18, returnsSequences: true)),
    bidirectional("bidirectional gru deferred", gru("g", steps: 3, features: 43, units: 7)),
    bidirectional(
      "bidirectional gru deferred sequences", gru("g", steps: 3, features: 40, units: 7, returnsSequences: true)),
    convLSTM(.sigmoid), convLSTM(.hardSigmoid), convLSTM(.keras3HardSigmoid),
  ]

  private static func gru(
    _ name: String, steps: Int, features: Int, units: Int, returnsSequences: Bool = false
  ) -> GRU {
    GRU(name: name, steps: steps, features: features, units: units, returnsSequences: returnsSequences)
  }

  private static func bidirectional(_ name: String, _ layer: any RecurrentLayer) -> Case {
    Case(name: name, layer: Bidirectional(name: "b", forward: layer, backward: layer))
  }

  private static func convLSTM(_ activation: Activation) -> Case {
    Case(
      name: "conv-lstm \(activation.rawValue)",
      layer: ConvLSTM2D(
        name: "c", steps: 3, width: 7, channels: 2, filters: 5, kernelSize: 3, activation: .relu,
        recurrentActivation: activation), isFirst: true)
  }

  @Test(arguments: cases, KernelSet.supported.map(\.name))
  func gradientsAreDifferences(_ testCase: Case, _ kernels: KernelSet.Name) throws {
    let layer = testCase.layer
    let rows = 3
    var random = PhiloxGenerator(key: (1, 2), stream: (3, 4, 5))
    func floats(_ count: Int, _ scale: Double) -> [Float] {
      (0..<count).map { _ in Float(scale * (2 * random.nextUniform() - 1)) }
    }
    let input = floats(rows * layer.inputCount, 1)
    let parameters = layer.parameters.map { floats($0.count, 0.5) }
    let weights = floats(rows * layer.outputCount, 1)
    let bench = LayerBench(
      layer, kernels: try KernelSet(kernels), rows: rows, shardRows: 2, givesInputGradient: !testCase.isFirst,
      dropout: testCase.dropout ? DropoutStream(key: (7, 8), epoch: 1) : nil)
    func objective(_ input: [Float], _ parameters: [[Float]]) -> Double {
      zip(bench.output(input, parameters: parameters), weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let found = bench.pass(input, parameters: parameters, outputGradient: weights)
    let h: Float = 4e-3
    let here = objective(input, parameters)
    /// Every n-th element, so that large layers take no longer than small ones.
    func check(_ gradient: [Float], _ shifted: (Int, Float) -> Double, _ what: String) {
      let bound = max(0.02 * largestMagnitude(gradient), 2e-3)
      let places = Array(stride(from: 0, to: gradient.count, by: max(1, gradient.count / 60)))
      var smooth = 0
      for i in places {
        let ahead = (shifted(i, h) - here) / Double(h)
        let behind = (here - shifted(i, -h)) / Double(h)
        guard abs(ahead - behind) <= bound else { continue }
        smooth += 1
        let difference = abs((ahead + behind) / 2 - Double(gradient[i]))
        #expect(difference <= bound, "\(what) \(i): \(gradient[i]) is off by \(difference)")
      }
      #expect(2 * smooth >= places.count, "\(what): only \(smooth) of \(places.count) places are smooth")
    }
    for (p, gradient) in found.parameterGradients.enumerated() {
      check(
        gradient,
        { i, step in
          var moved = parameters
          moved[p][i] += step
          return objective(input, moved)
        }, layer.parameters[p].name)
    }
    if let inputGradient = found.inputGradient {
      check(
        inputGradient,
        { i, step in
          var moved = input
          moved[i] += step
          return objective(moved, parameters)
        }, "input")
    }
  }
}
