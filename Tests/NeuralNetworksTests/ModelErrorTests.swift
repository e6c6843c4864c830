import NeuralNetworks
import Testing

/// What no model can be, and that the error names the layer.
@Suite struct ModelErrorTests {
  struct Wrong: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let network: ModelDescription
    let layer: String?

    init(_ reason: String, _ layer: String?, _ inputShape: [Int], _ layers: [any LayerDescription]) {
      testDescription = reason
      network = ModelDescription(inputShape: inputShape, layers: layers)
      self.layer = layer
    }
  }

  private static let classes = Dense(units: 3, activation: .softmax)

  static let all: [Wrong] = [
    Wrong("softmax", "dense", [4], [Dense(units: 3, activation: .relu)]),
    Wrong("softmax", "dense", [4], [classes, Dropout(rate: 0.5)]),
    Wrong("softmax", "dense", [4], [classes, classes]),
    Wrong("softmax", "time_distributed", [2, 4], [TimeDistributed(classes), Flatten(), classes]),
    Wrong("shape [4]", "lstm", [4], [LSTM(units: 2), classes]),
    Wrong("shape [2, 3, 4]", "gru", [2, 3, 4], [GRU(units: 2), classes]),
    Wrong("shape [2, 3, 4]", "conv1d", [2, 3, 4], [Conv1D(filters: 2, kernelSize: 2), Flatten(), classes]),
    Wrong("shape [4, 2]", "conv_lstm2d", [4, 2], [ConvLSTM2D(filters: 2, kernelSize: 2, activation: .relu), classes]),
    Wrong("shape [4]", "time_distributed", [4], [TimeDistributed(Flatten()), classes]),
    Wrong("shape [5]", "lstm_1", [7, 2], [LSTM(units: 5), LSTM(units: 5), classes]),
    Wrong("at least 5 steps", "conv1d", [4, 2], [Conv1D(filters: 2, kernelSize: 5), Flatten(), classes]),
    Wrong("shape [1, 2]", "max_pooling1d", [1, 2], [MaxPooling1D(), Flatten(), classes]),
    Wrong("units", "dense", [4], [Dense(units: 0), classes]),
    Wrong("units", "lstm", [4, 2], [LSTM(units: 65_537), classes]),
    Wrong("filters", "conv1d", [4, 2], [Conv1D(filters: -1, kernelSize: 2), Flatten(), classes]),
    Wrong("kernel_size", "conv1d", [4, 2], [Conv1D(filters: 1, kernelSize: 0), Flatten(), classes]),
    Wrong("rate", "dropout", [4], [Dropout(rate: 1), classes]),
    Wrong("rate", "dropout", [4], [Dropout(rate: .nan), classes]),
    Wrong("activation", "dense", [4], [Dense(units: 2, activation: .tanh), classes]),
    Wrong("activation", "conv1d", [4, 2], [Conv1D(filters: 1, kernelSize: 2, activation: .tanh), Flatten(), classes]),
    Wrong(
      "name of another layer", "a", [4], [Dense(units: 2, name: "a"), Dense(units: 3, activation: .softmax, name: "a")]),
    Wrong("no name for a layer", "a/b", [4], [Dense(units: 3, activation: .softmax, name: "a/b")]),
    Wrong("takes more than", nil, [65_536], [Dense(units: 65_536), Dense(units: 65_536), classes]),
    Wrong("takes more than", nil, [65_536, 65_536], [Flatten(), classes]),
    Wrong("shape", "input", [0, 2], [Flatten(), classes]), Wrong("shape", "input", [], [classes]),
  ]

  @Test(arguments: all)
  func isNamed(_ wrong: Wrong) throws {
    let error = try #require(throws: ModelError.self) { try Sequential(wrong.network) }
    #expect(error.layer == wrong.layer, "\(error.message)")
    #expect(error.message.contains(wrong.testDescription), "\(error.message)")
  }

  @Test func noLayersAreNoModel() {
    #expect(throws: ModelError.self) { try Sequential(ModelDescription(inputShape: [3], layers: [])) }
  }

  struct Impossible: Sendable, CustomTestStringConvertible {
    let preset: ModelPreset
    let sizes: PresetSizes
    let testDescription: String

    init(_ preset: ModelPreset, _ reason: String, _ change: (inout PresetSizes) -> Void) {
      var sizes = PresetSizes()
      change(&sizes)
      self.preset = preset
      self.sizes = sizes
      testDescription = reason
    }
  }

  @Test(arguments: [
    Impossible(.lstm, "0 recurrent layers, expected 1 to 64") { $0.layers = 0 },
    Impossible(.cnnLSTM, "65 recurrent layers, expected 1 to 64") { $0.layers = 65 },
    Impossible(.lstm, "-9223372036854775808 recurrent layers") { $0.layers = .min },
    Impossible(.convLSTM, "conv-lstm has one layer of LSTM cells in one direction") { $0.layers = 2 },
    Impossible(.convLSTM, "conv-lstm has one layer of LSTM cells in one direction") { $0.isBidirectional = true },
    Impossible(.convLSTM, "conv-lstm has one layer of LSTM cells in one direction") { $0.cell = .gru },
    Impossible(.lstm, "0 units, expected 1 to 65536") { $0.units = 0 },
    Impossible(.lstm, "65537 dense units, expected 1 to 65536") { $0.denseUnits = 65537 },
    Impossible(.cnnLSTM, "-1 filters, expected 1 to 65536") { $0.filters = -1 },
    Impossible(.convLSTM, "0 kernel size, expected 1 to 65536") { $0.kernelSize = 0 },
    Impossible(.cnnLSTM, "subsequences of 32 steps are too short for the convolutions, expected at least 34") {
      $0.kernelSize = 17
    },
    Impossible(.lstm, "a dropout rate of 1.0, expected from 0 and below 1") { $0.dropoutRate = 1 },
    Impossible(.lstm, "a dropout rate of nan, expected from 0 and below 1") { $0.dropoutRate = .nan },
    Impossible(.lstm, "the model takes more than") {
      $0.layers = 64
      $0.isBidirectional = true
      $0.cell = .gru
      $0.units = 65536
    },
  ])
  func impossiblePresets(_ impossible: Impossible) throws {
    let error = try #require(throws: ModelError.self) {
      try Sequential(try impossible.preset.description(impossible.sizes))
    }
    #expect(error.message.contains(impossible.testDescription), "\(error.message)")
  }

  @Test func possiblePresetsAreModels() throws {
    for preset in [ModelPreset.lstm, .cnnLSTM] {
      for cell in RecurrentCell.allCases {
        var sizes = PresetSizes()
        sizes.layers = 64
        sizes.isBidirectional = true
        sizes.cell = cell
        #expect(try Sequential(try preset.description(sizes)).layers.count > 64)
      }
    }
  }
}
