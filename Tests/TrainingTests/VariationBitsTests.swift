import CAllocationCounter
import Kernels
import NeuralNetworks
import Testing
import Training

/// A network with other recurrent layers than the tutorial's.
struct Variation: Sendable, CustomTestStringConvertible {
  let configuration: ModelConfiguration

  init(_ architecture: Architecture, layers: Int, isBidirectional: Bool, cell: RecurrentCell) {
    var configuration = toyModel(architecture)
    // Few enough for the sixteen features of a step to call for deferred gradients.
    if architecture == .cnnLSTM { configuration.units = 7 }
    configuration.layers = layers
    configuration.isBidirectional = isBidirectional
    configuration.cell = cell
    self.configuration = configuration
  }

  var testDescription: String {
    let c = configuration
    return "\(c.architecture.rawValue) \(c.layers) \(c.isBidirectional ? "bidirectional " : "")\(c.cell.rawValue)"
  }

  /// All of one and of two layers, the tutorial's own aside.
  static let all: [Variation] = [Architecture.lstm, .cnnLSTM].flatMap { architecture in
    RecurrentCell.allCases.flatMap { cell in
      [(1, false), (1, true), (2, false), (2, true)].compactMap { layers, isBidirectional in
        if layers == 1, !isBidirectional, cell == .lstm { return nil }
        return Variation(architecture, layers: layers, isBidirectional: isBidirectional, cell: cell)
      }
    }
  }
}

/// The variations train, and to the same bits however the work is divided.
@Suite struct VariationBitsTests {
  @Test func bothWaysOfGradientsAreThere() {
    for variation in Variation.all {
      let model = variation.configuration.makeModel()
      let first = model.layers.first { $0 is any RecurrentLayer || $0 is Bidirectional }
      #expect((first?.gradientSource == .summed) == (variation.configuration.architecture == .lstm))
    }
  }

  @Test(arguments: Variation.all)
  func atAnyNumberOfThreads(_ variation: Variation) throws {
    let one = try trainedBits(variation.configuration, threads: 1)
    #expect(one.contains { $0 != 0 })
    #expect(one.allSatisfy { Float(bitPattern: $0).isFinite })
    for threads in [2, 3, 16] { #expect(try trainedBits(variation.configuration, threads: threads) == one) }
  }

  @Test(arguments: Variation.all, [1, 7])
  func atAnyBatchSize(_ variation: Variation, _ batchSize: Int) throws {
    let data = toyData(count: 60)
    func bits(_ threads: Int) throws -> [UInt32] {
      try trainedBits(variation.configuration, threads: threads, epochs: 1, batchSize: batchSize, data: data)
    }
    #expect(try bits(3) == bits(1))
  }

  @Test(.enabled(if: KernelSet.bestName == .avx512, "this processor has no AVX-512"), arguments: Variation.all)
  func withAVX2AndAVX512(_ variation: Variation) throws {
    #expect(
      try trainedBits(variation.configuration, threads: 2, kernels: .avx2)
        == trainedBits(variation.configuration, threads: 2, kernels: .avx512))
  }

  @Test func variationsDiffer() throws {
    let bits = try Variation.all.map { try trainedBits($0.configuration, threads: 1, epochs: 1) }
    #expect(Set(bits).count == Variation.all.count)
  }

  @Test(arguments: Variation.all)
  func predictionsAtAnyNumberOfThreads(_ variation: Variation) throws {
    let model = variation.configuration.makeModel()
    let parameters = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(parameters.address, key: (1, 2))
    let data = toyData(count: 77)
    let predictor = Predictor(model: model, kernels: try KernelSet(KernelSet.bestName), parameters: parameters)
    let one = predictor.probabilities(data, threads: 1)
    #expect(one.count == 77 * 4 && one.allSatisfy { $0 > 0 && $0 < 1 })
    for threads in [2, 3, 16] { #expect(predictor.probabilities(data, threads: threads) == one) }
  }

  @Test(arguments: Variation.all)
  func theLossFalls(_ variation: Variation) throws {
    var settings = TrainingSettings(epochs: 25, seed: 1)
    settings.learningRate = 0.005
    settings.batchSize = 32
    let trainer = Trainer(
      model: variation.configuration.makeModel(), kernels: try KernelSet(KernelSet.bestName), settings: settings,
      repeatIndex: 0, data: toyData(count: 400))
    var losses: [Double] = []
    for _ in 0..<settings.epochs {
      guard case .completed(let result) = trainer.runEpoch(threads: 2) else { continue }
      losses.append(result.loss)
    }
    #expect(losses.count == settings.epochs)
    #expect(losses[losses.count - 1] < 0.5 * losses[0])
  }

  /// An epoch of four times as many steps allocates no more.
  @Test(
    .enabled(if: allocation_counter_value() >= 0, "only glibc's allocations can be counted"), arguments: Variation.all)
  func aStepAllocatesNothing(_ variation: Variation) throws {
    func allocations(windows: Int) throws -> Int {
      let trainer = Trainer(
        model: variation.configuration.makeModel(), kernels: try KernelSet(KernelSet.bestName),
        settings: TrainingSettings(epochs: 3, seed: 1), repeatIndex: 0, data: toyData(count: windows))
      _ = trainer.runEpoch(threads: 1)
      let before = allocation_counter_value()
      _ = trainer.runEpoch(threads: 1)
      return allocation_counter_value() - before
    }
    let short = try allocations(windows: 128)
    #expect(try allocations(windows: 512) <= short)
  }

  /// No gate kernel may write, not even back what it found, beyond its own row of a minibatch's operands.
  @Test(arguments: RecurrentCell.allCases, 1...40)
  func rowsOfOperandsHoldAllThatIsWritten(_ cell: RecurrentCell, _ units: Int) {
    let features = 2 * units + 1 + units % 7
    let layer: any Layer =
      cell == .lstm
      ? LSTM(name: "layer", steps: 2, features: features, units: units)
      : GRU(name: "layer", steps: 2, features: features, units: units)
    guard case .deferred(let products) = layer.gradientSource else {
      Issue.record("the layer sums its gradients")
      return
    }
    let vector = 16
    let end = (units + vector - 1) / vector * vector
    #expect(products.inputStride >= features + end)
    let gates = cell == .lstm ? 3 * units : (products.products.map { $0.outputColumn }.max() ?? 0) + 2 * units
    #expect(products.outputStride >= gates + end)
  }

  /// The tutorial's sizes, at which rows of different shards lie side by side in memory.
  @Test(arguments: RecurrentCell.allCases)
  func sameBitsAtRealSizes(_ cell: RecurrentCell) throws {
    var configuration = ModelConfiguration(.cnnLSTM)
    configuration.cell = cell
    let data = toyData(count: 960, timeSteps: 128, channels: 9, classes: 6)
    func bits(_ threads: Int) throws -> [UInt32] {
      let trainer = Trainer(
        model: configuration.makeModel(), kernels: try KernelSet(KernelSet.bestName),
        settings: TrainingSettings(epochs: 2, seed: 1), repeatIndex: 0, data: data)
      for _ in 0..<2 { _ = trainer.runEpoch(threads: threads) }
      return trainer.parameters.array.map(\.bitPattern)
    }
    let one = try bits(1)
    for threads in [2, 2, 2, 3, 4] { #expect(try bits(threads) == one) }
  }
}
