import Kernels
import NeuralNetworks
import Testing
import _TestSupport

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
    var dropout = false
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    made("dense linear", [7], Dense(units: 5)), made("dense relu", [20], Dense(units: 17, activation: .relu)),
    made("dense on steps", [5, 7], Dense(units: 3, activation: .relu)), made("conv", [9, 3], convolution(5)),
    made("conv linear", [9, 3], Conv1D(filters: 5, kernelSize: 4)),
    made("time-distributed conv", [2, 7, 4], TimeDistributed(convolution(18))),
    made("max pooling", [5, 6], MaxPooling1D()), made("flatten", [3, 4], Flatten()),
    made("dropout", [3, 30], Dropout(rate: 0.5), dropout: true),
    made("lstm per shard", [40, 3], LSTM(units: 6)),
    made("lstm per shard sequences", [5, 4], LSTM(units: 18, returnsSequences: true)),
    made("lstm per batch", [3, 40], LSTM(units: 7)),
    made("lstm per batch sequences", [3, 40], LSTM(units: 7, returnsSequences: true)),
    made("gru", [40, 3], GRU(units: 6)), made("gru sequences", [5, 4], GRU(units: 18, returnsSequences: true)),
    made("gru per batch", [3, 40], GRU(units: 7)),
    made("gru per batch sequences", [3, 41], GRU(units: 7, returnsSequences: true)),
    made("bidirectional lstm", [5, 4], Bidirectional(LSTM(units: 18))),
    made("bidirectional lstm sequences", [35, 3], Bidirectional(LSTM(units: 6, returnsSequences: true))),
    made("bidirectional lstm per batch", [3, 40], Bidirectional(LSTM(units: 7))),
    made("bidirectional lstm per batch sequences", [3, 40], Bidirectional(LSTM(units: 7, returnsSequences: true))),
    made("bidirectional gru", [35, 3], Bidirectional(GRU(units: 6))),
    made("bidirectional gru sequences", [5, 4], Bidirectional(GRU(units: 18, returnsSequences: true))),
    made("bidirectional gru per batch", [3, 43], Bidirectional(GRU(units: 7))),
    made("bidirectional gru per batch sequences", [3, 40], Bidirectional(GRU(units: 7, returnsSequences: true))),
    convLSTM(.sigmoid), convLSTM(.hardSigmoid), convLSTM(.keras3HardSigmoid),
    made("time-distributed lstm", [3, 6, 4], TimeDistributed(LSTM(units: 5))),
    made("time-distributed lstm per batch", [2, 3, 40], TimeDistributed(LSTM(units: 7, returnsSequences: true))),
    made("time-distributed bidirectional gru", [2, 3, 43], TimeDistributed(Bidirectional(GRU(units: 7)))),
    made("time-distributed dense", [4, 6], TimeDistributed(Dense(units: 5, activation: .relu))),
    made("time-distributed twice", [2, 3, 7, 4], TimeDistributed(TimeDistributed(convolution(6)))),
  ]

  private static func convolution(_ filters: Int) -> Conv1D {
    Conv1D(filters: filters, kernelSize: 3, activation: .relu)
  }

  private static func made(
    _ name: String, _ inputShape: [Int], _ description: some LayerDescription, dropout: Bool = false
  ) -> Case {
    var building = LayerBuilding(convolution: .standard)
    building.dropouts = 2
    do {
      return Case(
        name: name, layer: try description.definition().makeLayer(inputShape: inputShape, &building),
        dropout: dropout)
    } catch {
      preconditionFailure("\(name): \(error)")
    }
  }

  private static func convLSTM(_ activation: Activation) -> Case {
    made(
      "conv-lstm \(activation.rawValue)", [3, 1, 7, 2],
      ConvLSTM2D(filters: 5, kernelSize: 3, activation: .relu, recurrentActivation: activation))
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
      layer, kernels: try KernelSet(kernels), rows: rows, shardRows: 2,
      dropout: testCase.dropout ? DropoutKey(key: (7, 8), epoch: 1) : nil)
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
    check(
      found.inputGradient,
      { i, step in
        var moved = input
        moved[i] += step
        return objective(moved, parameters)
      }, "input")
  }
}
