import Foundation
import Kernels
import NeuralNetworks
import Testing

/// Networks with other recurrent layers: their layers, their sizes, and how they are stored and refused.
@Suite struct ModelVariationTests {
  static func configuration(
    _ architecture: Architecture, layers: Int = 1, isBidirectional: Bool = false, cell: RecurrentCell = .lstm
  ) -> ModelConfiguration {
    var configuration = ModelConfiguration(architecture)
    configuration.layers = layers
    configuration.isBidirectional = isBidirectional
    configuration.cell = cell
    return configuration
  }

  /// What Keras's `count_params` says of the same networks.
  @Test(arguments: [
    (configuration(.lstm, layers: 2), 135_106), (configuration(.lstm, layers: 3), 215_506),
    (configuration(.lstm, cell: .gru), 44_006), (configuration(.lstm, layers: 2, cell: .gru), 104_606),
    (configuration(.lstm, isBidirectional: true), 108_706),
    (configuration(.lstm, layers: 2, isBidirectional: true), 349_506),
    (configuration(.lstm, layers: 2, isBidirectional: true, cell: .gru), 268_506),
    (configuration(.cnnLSTM, layers: 2), 504_050), (configuration(.cnnLSTM, cell: .gru), 324_250),
    (configuration(.cnnLSTM, layers: 2, isBidirectional: true, cell: .gru), 814_850),
  ])
  func parameterCounts(_ configuration: ModelConfiguration, _ count: Int) {
    #expect(configuration.makeModel().parameterCount == count)
  }

  @Test func namesAreThoseOfKeras() {
    func names(_ configuration: ModelConfiguration) -> [String] { configuration.makeModel().layers.map(\.name) }
    #expect(
      names(Self.configuration(.lstm, layers: 3))
        == ["lstm", "lstm_1", "lstm_2", "dropout", "dense", "dense_1"])
    #expect(
      names(Self.configuration(.lstm, layers: 2, isBidirectional: true))
        == ["bidirectional", "bidirectional_1", "dropout", "dense", "dense_1"])
    #expect(
      names(Self.configuration(.cnnLSTM, layers: 2, cell: .gru)).suffix(5)
        == ["gru", "gru_1", "dropout_1", "dense", "dense_1"])
    let second = Self.configuration(.lstm, layers: 2, isBidirectional: true, cell: .gru).makeModel().layers[1]
    let bidirectional = second as? Bidirectional
    #expect(bidirectional?.forwardLayer.name == "forward_gru_1")
    #expect(bidirectional?.backwardLayer.name == "backward_gru_1")
  }

  @Test func shapes() {
    let model = Self.configuration(.lstm, layers: 2, isBidirectional: true).makeModel()
    #expect(model.layers.map(\.outputShape) == [[128, 200], [200], [200], [100], [6]])
    #expect(model.layers[1].inputShape == [128, 200])
  }

  @Test func everyDropoutDrawsFromItsOwnStream() {
    for architecture in [Architecture.lstm, .cnnLSTM] {
      let model = Self.configuration(architecture, layers: 3, isBidirectional: true).makeModel()
      let streams = model.layers.compactMap {
        ($0 as? Dropout)?.stream ?? (($0 as? TimeDistributed)?.inner as? Dropout)?.stream
      }
      #expect(streams.count == (architecture == .lstm ? 1 : 2))
      #expect(Set(streams).count == streams.count)
    }
  }

  /// Both directions, and the layers above one another, begin with weights of their own.
  @Test func initialWeights() {
    let model = Self.configuration(.lstm, layers: 2, isBidirectional: true, cell: .gru).makeModel()
    let buffer = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(buffer.address, key: PhiloxGenerator.key(seed: 1, repeatIndex: 0))
    let values = model.placedParameters.map { placed in
      Array(UnsafeBufferPointer(start: buffer.address + placed.offset, count: placed.parameter.count))
    }
    #expect(values.count == 16)
    #expect(Set(values.filter { $0.contains { $0 != 0 } }).count == 10)
    // Orthogonal: the rows of the recurrent kernels [100, 300] are orthonormal. Biases are zeros.
    for recurrent in [values[1], values[4], values[7], values[10]] {
      for (a, b) in [(0, 0), (0, 1), (57, 57), (57, 99)] {
        let dot = (0..<300).reduce(0.0) { $0 + Double(recurrent[a * 300 + $1]) * Double(recurrent[b * 300 + $1]) }
        #expect(abs(dot - (a == b ? 1 : 0)) < 1e-5)
      }
    }
    for bias in [values[2], values[5], values[8], values[11]] { #expect(bias.allSatisfy { $0 == 0 }) }
  }

  @Test(
    arguments: [
      configuration(.lstm, layers: 2, isBidirectional: true), configuration(.lstm, layers: 2, cell: .gru),
      configuration(.cnnLSTM, isBidirectional: true, cell: .gru),
      configuration(.cnnLSTM, layers: 2, isBidirectional: true),
    ], KernelSet.supported.map(\.name))
  func rowsDoNotDependOnTheirShard(_ configuration: ModelConfiguration, _ kernels: KernelSet.Name) throws {
    let model = configuration.makeModel()
    let set = try KernelSet(kernels)
    let buffer = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(buffer.address, key: (5, 6))
    let parameters = model.placedParameters.map {
      Array(UnsafeBufferPointer(start: buffer.address + $0.offset, count: $0.parameter.count))
    }
    let input = (0..<(5 * model.inputCount)).map { Float(($0 * 7919) % 1000) / 500 - 1 }
    let outputs = [1, 3, 4].map { shardRows in
      let bench = ModelBench(model, kernels: set, rows: 5, shardRows: shardRows)
      bench.setParameters(parameters)
      return bench.run(input)
    }
    #expect(outputs.allSatisfy { $0 == outputs[0] && !$0.contains { $0.isNaN } })
  }

  // MARK: Storing

  @Test func configurationsSurviveCoding() throws {
    for cell in RecurrentCell.allCases {
      var configuration = Self.configuration(.cnnLSTM, layers: 3, isBidirectional: true, cell: cell)
      configuration.timeSteps = 64
      configuration.channels = 4
      configuration.classes = 3
      configuration.units = 7
      configuration.denseUnits = 8
      configuration.dropoutRate = 0.25
      configuration.filters = 9
      configuration.kernelSize = 5
      configuration.subsequences = 2
      configuration.recurrentActivation = .hardSigmoid
      let data = try JSONEncoder().encode(configuration)
      #expect(try JSONDecoder().decode(ModelConfiguration.self, from: data) == configuration)
    }
  }

  /// As `config.json` was before there were variations.
  @Test func olderConfigurationsHaveTheTutorialsLayers() throws {
    let old = """
      {"architecture": "lstm", "timeSteps": 128, "channels": 9, "classes": 6, "units": 50, "denseUnits": 100,
      "dropoutRate": 0.5, "filters": 64, "kernelSize": 3, "subsequences": 4, "recurrentActivation": "sigmoid"}
      """
    var expected = ModelConfiguration(.lstm)
    expected.units = 50
    #expect(try JSONDecoder().decode(ModelConfiguration.self, from: Data(old.utf8)) == expected)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(
        ModelConfiguration.self, from: Data(old.replacing(#""units": 50"#, with: #""cell": "rnn", "units": 50"#).utf8))
    }
  }

  // MARK: Refusing

  struct Impossible: Sendable, CustomTestStringConvertible {
    let configuration: ModelConfiguration
    let reason: String
    var testDescription: String { reason }

    init(_ architecture: Architecture, _ reason: String, _ change: (inout ModelConfiguration) -> Void) {
      var configuration = ModelConfiguration(architecture)
      change(&configuration)
      self.configuration = configuration
      self.reason = reason
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
  func impossibleConfigurations(_ impossible: Impossible) throws {
    let problem = try #require(throws: KerasFileError.Problem.self) {
      try impossible.configuration.makeCheckedModel()
    }
    guard case .impossibleSizes(let reason) = problem else {
      Issue.record("\(problem)")
      return
    }
    #expect(reason.contains(impossible.reason), "\(reason)")
  }

  @Test func possibleConfigurationsAreModels() throws {
    for architecture in [Architecture.lstm, .cnnLSTM] {
      for cell in RecurrentCell.allCases {
        let configuration = Self.configuration(architecture, layers: 64, isBidirectional: true, cell: cell)
        let model = try configuration.makeCheckedModel()
        #expect(model.parameterCount == configuration.makeModel().parameterCount)
      }
    }
  }
}
