import Kernels
import NeuralNetworks
import SystemSupport
import Testing
import _TestSupport

/// Presets with other recurrent layers: their layers and their sizes.
@Suite struct ModelVariationTests {
  struct Variation: Sendable {
    let preset: ModelPreset
    let sizes: PresetSizes

    func model() throws -> Sequential { try Sequential(try preset.description(sizes)) }
  }

  static func variation(
    _ preset: ModelPreset, layers: Int = 1, isBidirectional: Bool = false, cell: RecurrentCell = .lstm
  ) -> Variation {
    var sizes = PresetSizes()
    sizes.layers = layers
    sizes.isBidirectional = isBidirectional
    sizes.cell = cell
    return Variation(preset: preset, sizes: sizes)
  }

  /// What Keras's `count_params` says of the same networks.
  @Test(arguments: [
    (variation(.lstm, layers: 2), 135_106), (variation(.lstm, layers: 3), 215_506),
    (variation(.lstm, cell: .gru), 44_006), (variation(.lstm, layers: 2, cell: .gru), 104_606),
    (variation(.lstm, isBidirectional: true), 108_706),
    (variation(.lstm, layers: 2, isBidirectional: true), 349_506),
    (variation(.lstm, layers: 2, isBidirectional: true, cell: .gru), 268_506),
    (variation(.cnnLSTM, layers: 2), 504_050), (variation(.cnnLSTM, cell: .gru), 324_250),
    (variation(.cnnLSTM, layers: 2, isBidirectional: true, cell: .gru), 814_850),
  ])
  func parameterCounts(_ variation: Variation, _ count: Int) throws {
    #expect(try variation.model().parameterCount == count)
  }

  @Test func namesAreThoseOfKeras() throws {
    func names(_ variation: Variation) throws -> [String] { try variation.model().layers.map(\.name) }
    #expect(
      try names(Self.variation(.lstm, layers: 3))
        == ["lstm", "lstm_1", "lstm_2", "dropout", "dense", "dense_1"])
    #expect(
      try names(Self.variation(.lstm, layers: 2, isBidirectional: true))
        == ["bidirectional", "bidirectional_1", "dropout", "dense", "dense_1"])
    #expect(
      try names(Self.variation(.cnnLSTM, layers: 2, cell: .gru)).suffix(5)
        == ["gru", "gru_1", "dropout_1", "dense", "dense_1"])
    let second = try Self.variation(.lstm, layers: 2, isBidirectional: true, cell: .gru).model().layers[1]
    #expect(second.innerLayers.map(\.name) == ["forward_gru_1", "backward_gru_1"])
  }

  @Test func shapes() throws {
    let model = try Self.variation(.lstm, layers: 2, isBidirectional: true).model()
    #expect(model.layers.map(\.outputShape) == [[128, 200], [200], [200], [100], [6]])
    #expect(model.layers[1].inputShape == [128, 200])
  }

  @Test func everyDropoutDrawsFromItsOwnStream() throws {
    for preset in [ModelPreset.lstm, .cnnLSTM] {
      let model = try Self.variation(preset, layers: 3, isBidirectional: true).model()
      let streams = model.layers.compactMap {
        ($0 as? DropoutLayer)?.stream ?? ($0.innerLayers.first as? DropoutLayer)?.stream
      }
      #expect(streams.count == (preset == .lstm ? 1 : 2))
      #expect(streams == (1...UInt32(streams.count)).map { $0 })
    }
  }

  /// Both directions, and the layers above one another, begin with weights of their own.
  @Test func initialWeights() throws {
    let model = try Self.variation(.lstm, layers: 2, isBidirectional: true, cell: .gru).model()
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
      variation(.lstm, layers: 2, isBidirectional: true), variation(.lstm, layers: 2, cell: .gru),
      variation(.cnnLSTM, isBidirectional: true, cell: .gru),
      variation(.cnnLSTM, layers: 2, isBidirectional: true),
    ], KernelSet.supported.map(\.name))
  func rowsDoNotDependOnTheirShard(_ variation: Variation, _ kernels: KernelSet.Name) throws {
    let model = try variation.model()
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
}
