import NeuralNetworks
import Testing

/// A network's summary against Keras's `count_params` and operations counted by hand.
@Suite("Network summary")
struct NetworkSummaryTests {
  private func summary(
    _ inputShape: [Int], _ layers: [any LayerDescription], precision: Precision = .f32
  ) throws -> NetworkSummary {
    try NetworkSummary(
      ModelDescription(
        inputShape: inputShape, layers: layers + [Dense(units: 2, activation: .softmax)], precision: precision),
      name: "tiny")
  }

  /// What the layer before the last is said to be.
  private func layer(_ inputShape: [Int], _ layers: any LayerDescription...) throws -> NetworkSummary.Layer {
    try #require(try summary(inputShape, layers).layers.dropLast().last)
  }

  // MARK: The presets

  @Test(arguments: [
    (ModelPreset.lstm, 54_706, [44_000, 0, 10_100, 606]),
    (.cnnLSTM, 423_650, [1_792, 12_352, 0, 0, 0, 398_800, 0, 10_100, 606]),
    (.convLSTM, 249_026, [56_320, 0, 0, 192_100, 606]),
  ])
  func parameters(_ preset: ModelPreset, _ total: Int, _ byLayer: [Int]) throws {
    let summary = try NetworkSummary(try preset.description(), name: preset.rawValue)
    #expect(summary.layers.map(\.parameters) == byLayer)
    #expect(summary.parameters == total && summary.trainableParameters == total)
    #expect(summary.nonTrainableParameters == 0)
    #expect(summary.parameterBytes == 4 * total)
  }

  @Test(arguments: [
    (ModelPreset.lstm, [[128, 9], [100], [100], [100], [6]]),
    (
      .cnnLSTM,
      [
        [4, 32, 9], [4, 30, 64], [4, 28, 64], [4, 28, 64], [4, 14, 64], [4, 896], [100], [100], [100], [6],
      ]
    ),
    (.convLSTM, [[4, 1, 32, 9], [1, 30, 64], [1, 30, 64], [1920], [100], [6]]),
  ])
  func shapes(_ preset: ModelPreset, _ shapes: [[Int?]]) throws {
    let summary = try NetworkSummary(try preset.description(), name: preset.rawValue)
    #expect([summary.inputShape] + summary.layers.map(\.outputShape) == shapes.map { [nil] + $0 })
  }

  @Test func namesAndClasses() throws {
    let layers = try NetworkSummary(try ModelPreset.cnnLSTM.description(), name: "cnn-lstm").layers
    #expect(
      layers.map { "\($0.name) \($0.className)" } == [
        "time_distributed TimeDistributed", "time_distributed_1 TimeDistributed",
        "time_distributed_2 TimeDistributed", "time_distributed_3 TimeDistributed",
        "time_distributed_4 TimeDistributed", "lstm LSTM", "dropout_1 Dropout", "dense Dense", "dense_1 Dense",
      ])
    #expect(
      layers.map { $0.inside.map { "\($0.name) \($0.className)" } } == [
        ["conv1d Conv1D"], ["conv1d_1 Conv1D"], ["dropout Dropout"], ["max_pooling1d MaxPooling1D"],
        ["flatten Flatten"], [], [], [], [],
      ])
  }

  // MARK: Operations

  /// y = x·W of [3] with [3, 4], and of [4] with [4, 2]. A training step has the product of both gradients besides, but the first
  /// layer's input needs none.
  @Test func dense() throws {
    let summary = try summary([3], [Dense(units: 4, activation: .relu)])
    #expect(summary.layers.map(\.forwardFlops) == [2 * 3 * 4, 2 * 4 * 2])
    #expect(summary.forwardFlops == 40)
    #expect(summary.trainingFlops == 2 * 24 + 3 * 16)
  }

  /// Five positions of three taps of two channels for each of three filters; then nothing is multiplied.
  @Test func convolutionAndPooling() throws {
    let summary = try summary([7, 2], [Conv1D(filters: 3, kernelSize: 3), MaxPooling1D(), Flatten()])
    #expect(summary.layers.map(\.forwardFlops) == [5 * 3 * 2 * 3 * 2, 0, 0, 6 * 2 * 2])
    #expect(summary.layers.map(\.outputShape) == [[nil, 5, 3], [nil, 2, 3], [nil, 6], [nil, 2]])
    // The last layer's two gradients have 24 each, the convolution only that of its weights.
    #expect(summary.trainingFlops == 2 * 180 + 3 * 24)
  }

  /// Five steps multiply [2] with [2, 12] and the state [3] with [3, 12], the first step's zeros too as both are one product; where
  /// the input has many features, the products are apart, and the first step has one only. A GRU's have nine columns.
  @Test func recurrence() throws {
    #expect(try layer([5, 2], LSTM(units: 3)).forwardFlops == 5 * 2 * (2 + 3) * 12)
    #expect(try layer([5, 7], LSTM(units: 3)).forwardFlops == 2 * (5 * 7 + 4 * 3) * 12)
    #expect(try layer([5, 2], GRU(units: 3)).forwardFlops == 2 * (5 * 2 + 4 * 3) * 9)
  }

  /// Four positions of three taps, of two channels in each of three steps and of four channels from the second on, for 16 gates.
  @Test func convolutionalRecurrence() throws {
    let layer = try summary([3, 1, 6, 2], [ConvLSTM2D(filters: 4, kernelSize: 3), Flatten()]).layers[0]
    #expect(layer.forwardFlops == 2 * 4 * 3 * (3 * 2 + 2 * 4) * 16)
    #expect(layer.outputShape == [nil, 1, 4, 4] && layer.parameters == (3 * 2 + 3 * 4 + 1) * 16)
  }

  /// A wrapper's numbers include those of what is in it, which is called for each step.
  @Test func wrappers() throws {
    let convolution = Conv1D(filters: 3, kernelSize: 3)
    let distributed = try summary([4, 7, 2], [TimeDistributed(convolution), TimeDistributed(Flatten()), Flatten()])
    #expect(distributed.layers[0].forwardFlops == 4 * 180)
    #expect(distributed.layers[0].outputShape == [nil, 4, 5, 3])
    let inside = try #require(distributed.layers[0].inside.first)
    #expect(inside.forwardFlops == 4 * 180 && inside.parameters == 21 && inside.outputShape == [nil, 5, 3])

    let twice = try summary([2, 4, 7, 2], [TimeDistributed(TimeDistributed(convolution)), Flatten()]).layers[0]
    #expect(twice.forwardFlops == 8 * 180 && twice.outputShape == [nil, 2, 4, 5, 3])
    let nested = try #require(twice.inside.first?.inside.first)
    #expect(nested.name == "conv1d" && nested.forwardFlops == 8 * 180 && nested.outputShape == [nil, 5, 3])

    let both = try layer([5, 2], Bidirectional(LSTM(units: 3, returnsSequences: true)), GRU(units: 1))
    #expect(both.forwardFlops == 2 * (5 * 6 + 4 * 1) * 3)
    let directions = try layer([5, 2], Bidirectional(LSTM(units: 3)))
    #expect(directions.forwardFlops == 2 * 600 && directions.outputShape == [nil, 6])
    #expect(directions.inside.map(\.name) == ["forward_lstm", "backward_lstm"])
    #expect(directions.inside.allSatisfy { $0.forwardFlops == 600 && 2 * $0.parameters == directions.parameters })
  }

  // MARK: Totals

  @Test(arguments: ModelPreset.allCases, ConvolutionAlgorithm.allCases)
  func totalsAreThoseOfTheModel(_ preset: ModelPreset, _ algorithm: ConvolutionAlgorithm) throws {
    let model = try Sequential(try preset.description(), convolution: algorithm)
    let summary = try NetworkSummary(try preset.description(), name: preset.rawValue)
    #expect(summary.parameters == model.parameterCount)
    #expect(summary.trainingFlops == model.trainingFlops)
    #expect(summary.forwardFlops == summary.layers.reduce(0) { $0 + $1.forwardFlops })
    #expect(2 * summary.forwardFlops < summary.trainingFlops && summary.trainingFlops < 3 * summary.forwardFlops)
  }

  @Test func precisionChangesNoCounts() throws {
    let (full, mixed) = (
      try summary([5, 2], [LSTM(units: 3)]), try summary([5, 2], [LSTM(units: 3)], precision: .mixed)
    )
    #expect(full.precision == .f32 && mixed.precision == .mixed)
    #expect(mixed.parameterBytes == full.parameterBytes && mixed.layers == full.layers)
  }

  @Test func noNetwork() {
    let error = #expect(throws: ModelError.self) { try summary([5], [LSTM(units: 3)]) }
    #expect(error?.layer == "lstm")
  }
}
