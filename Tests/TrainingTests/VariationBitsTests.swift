import CAllocationCounter
import Kernels
import NeuralNetworks
import SystemSupport
import Testing
import Training

/// A network with other recurrent layers than the tutorial's.
struct Variation: Sendable, CustomTestStringConvertible {
  let preset: ModelPreset
  let sizes: PresetSizes

  init(_ preset: ModelPreset, layers: Int, isBidirectional: Bool, cell: RecurrentCell) {
    var sizes = toySizes(preset)
    // Few enough for the sixteen features of a step to call for gradients per batch.
    if preset == .cnnLSTM { sizes.units = 7 }
    sizes.layers = layers
    sizes.isBidirectional = isBidirectional
    sizes.cell = cell
    self.preset = preset
    self.sizes = sizes
  }

  func network() throws -> ModelDescription { try preset.description(sizes) }

  var testDescription: String {
    "\(preset.rawValue) \(sizes.layers) \(sizes.isBidirectional ? "bidirectional " : "")\(sizes.cell.rawValue)"
  }

  /// All of one and of two layers, the tutorial's own aside.
  static let all: [Variation] = [ModelPreset.lstm, .cnnLSTM].flatMap { preset in
    RecurrentCell.allCases.flatMap { cell in
      [(1, false), (1, true), (2, false), (2, true)].compactMap { layers, isBidirectional in
        if layers == 1, !isBidirectional, cell == .lstm { return nil }
        return Variation(preset, layers: layers, isBidirectional: isBidirectional, cell: cell)
      }
    }
  }
}

/// The variations train, and to the same bits however the work is divided.
@Suite struct VariationBitsTests {
  @Test func bothWaysOfGradientsAreThere() throws {
    for variation in Variation.all {
      let model = try Sequential(try variation.network())
      let first = model.layers.first { $0 is RecurrentLayer || $0 is BidirectionalLayer }
      #expect((first?.weightGradient == .perShard) == (variation.preset == .lstm))
    }
  }

  @Test(arguments: Variation.all)
  func atAnyNumberOfThreads(_ variation: Variation) throws {
    let one = try trainedBits(try variation.network(), threads: 1)
    #expect(one.contains { $0 != 0 })
    #expect(one.allSatisfy { Float(bitPattern: $0).isFinite })
    for threads in [2, 3, 16] { #expect(try trainedBits(try variation.network(), threads: threads) == one) }
  }

  @Test(arguments: Variation.all, [1, 7])
  func atAnyBatchSize(_ variation: Variation, _ batchSize: Int) throws {
    let data = toyWindows(count: 60)
    func bits(_ threads: Int) throws -> [UInt32] {
      try trainedBits(try variation.network(), threads: threads, epochs: 1, batchSize: batchSize, windows: data)
    }
    #expect(try bits(3) == bits(1))
  }

  @Test(
    .enabled(if: KernelSet.supported.contains { $0.name == .avx512 }, "this processor has no AVX-512"),
    arguments: Variation.all)
  func withAVX2AndAVX512(_ variation: Variation) throws {
    #expect(
      try trainedBits(try variation.network(), threads: 2, kernels: .avx2)
        == trainedBits(try variation.network(), threads: 2, kernels: .avx512))
  }

  @Test func variationsDiffer() throws {
    let bits = try Variation.all.map { try trainedBits(try $0.network(), threads: 1, epochs: 1) }
    #expect(Set(bits).count == Variation.all.count)
  }

  @Test(arguments: Variation.all)
  func predictionsAtAnyNumberOfThreads(_ variation: Variation) throws {
    let model = try Sequential(try variation.network())
    let parameters = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(parameters.address, key: (1, 2))
    let data = toyWindows(count: 77)
    let predictor = Predictor(model: model, kernels: try KernelSet(KernelSet.bestName), parameters: parameters)
    let one = try predictor.probabilities(data, threads: 1)
    #expect(one.count == 77 * 4 && one.allSatisfy { $0 > 0 && $0 < 1 })
    for threads in [2, 3, 16] { #expect(try predictor.probabilities(data, threads: threads) == one) }
  }

  @Test(arguments: Variation.all)
  func theLossFalls(_ variation: Variation) throws {
    var settings = TrainingSettings(epochs: 25, seed: 1)
    settings.learningRate = 0.005
    settings.batchSize = 32
    let trainer = try toyTrainer(try variation.network(), settings, windows: toyWindows(count: 400))
    var losses: [Double] = []
    for _ in 0..<settings.epochs {
      guard case .completed(let report) = trainer.runEpoch(threads: 2) else { continue }
      losses.append(report.loss)
    }
    #expect(losses.count == settings.epochs)
    #expect(losses[losses.count - 1] < 0.5 * losses[0])
  }

  /// An epoch of four times as many steps allocates no more.
  @Test(
    .enabled(if: allocation_counter_value() >= 0, "only glibc's allocations can be counted"), arguments: Variation.all)
  func aStepAllocatesNothing(_ variation: Variation) throws {
    func allocations(windows: Int) throws -> Int {
      let trainer = try toyTrainer(
        try variation.network(), TrainingSettings(epochs: 3, seed: 1), windows: toyWindows(count: windows))
      _ = trainer.runEpoch(threads: 1)
      let before = allocation_counter_value()
      _ = trainer.runEpoch(threads: 1)
      return allocation_counter_value() - before
    }
    let short = try allocations(windows: 128)
    #expect(try allocations(windows: 512) <= short)
  }

  /// The tutorial's sizes, at which rows of different shards lie side by side in memory.
  @Test(arguments: RecurrentCell.allCases)
  func sameBitsAtRealSizes(_ cell: RecurrentCell) throws {
    var sizes = PresetSizes()
    sizes.cell = cell
    let network = try ModelPreset.cnnLSTM.description(sizes)
    let data = toyWindows(count: 960, timeSteps: 128, channels: 9, classes: 6)
    func bits(_ threads: Int) throws -> [UInt32] {
      try trainedBits(network, threads: threads, seed: 1, windows: data)
    }
    let one = try bits(1)
    for threads in [2, 2, 2, 3, 4] { #expect(try bits(threads) == one) }
  }
}
