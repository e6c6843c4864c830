import Foundation
import Kernels
import NeuralNetworks
import Synchronization
import SystemSupport
import Testing
import Training
import Windows

/// The weights after training are the same to the bit however the work is divided.
@Suite struct SameBitsTests {
  @Test(arguments: ModelPreset.allCases)
  func atAnyNumberOfThreads(_ preset: ModelPreset) throws {
    let one = try trainedBits(preset, threads: 1)
    #expect(one.contains { $0 != 0 })
    for threads in [2, 3, 5, 8, 16, 64] { #expect(try trainedBits(preset, threads: threads) == one) }
  }

  /// `concurrentPerform` runs no more threads than there are cores; these teams have as many as they say, late ones among them.
  @Test(arguments: ModelPreset.allCases, [1, 2, 3, 5, 8, 16, 64])
  func atAnyNumberOfRealThreads(_ preset: ModelPreset, _ threads: Int) throws {
    let one = try trainedBits(preset, threads: 1)
    let team = WorkerTeam(start: realThreads { worker in worker % 3 == 1 ? UInt32(worker) * 100 : 0 })
    #expect(try trainedBits(preset, threads: threads, team: team) == one)
  }

  @Test(arguments: ModelPreset.allCases, [1, 7, 64, 300])
  func atAnyBatchSize(_ preset: ModelPreset, _ batchSize: Int) throws {
    let data = toyWindows(count: 310)
    let epochs = batchSize == 1 ? 1 : 2
    let one = try trainedBits(preset, threads: 1, epochs: epochs, batchSize: batchSize, windows: data)
    #expect(try trainedBits(preset, threads: 3, epochs: epochs, batchSize: batchSize, windows: data) == one)
  }

  @Test(arguments: ModelPreset.allCases)
  func withClippingAndSchedule(_ preset: ModelPreset) throws {
    func bits(_ threads: Int) throws -> [UInt32] {
      try trainedBits(preset, threads: threads) {
        $0.clipNorm = 0.1
        $0.schedule = .cosine
      }
    }
    #expect(try bits(1) == bits(5))
    #expect(try bits(1) != trainedBits(preset, threads: 1))
  }

  @Test(
    .enabled(if: KernelSet.supported.contains { $0.name == .avx512 }, "this processor has no AVX-512"),
    arguments: ModelPreset.allCases)
  func withAVX2AndAVX512(_ preset: ModelPreset) throws {
    for convolution in ConvolutionAlgorithm.allCases {
      func bits(_ kernels: KernelSet.Name) throws -> [UInt32] {
        try trainedBits(preset, threads: 2, kernels: kernels) { $0.convolution = convolution }
      }
      #expect(try bits(.avx2) == bits(.avx512), "\(convolution)")
    }
  }

  /// Networks with convolutions have other bits by each algorithm, and by each the same at any number of threads.
  @Test(arguments: ConvolutionAlgorithm.allCases)
  func byEachConvolutionAlgorithm(_ convolution: ConvolutionAlgorithm) throws {
    for preset in ModelPreset.allCases {
      func bits(_ threads: Int, _ convolution: ConvolutionAlgorithm) throws -> [UInt32] {
        try trainedBits(preset, threads: threads) { $0.convolution = convolution }
      }
      let one = try bits(1, convolution)
      for threads in [2, 5, 16] { #expect(try bits(threads, convolution) == one, "\(preset)") }
      let other = try bits(1, convolution == .direct ? .winograd : .direct)
      #expect((other == one) == (preset == .lstm), "\(preset)")
    }
  }

  /// Products of bf16 give other bits than those of floats, and the same ones at any number of threads, by any set that fuses.
  @Test(arguments: ModelPreset.allCases, ConvolutionAlgorithm.allCases)
  func inMixedPrecision(_ preset: ModelPreset, _ convolution: ConvolutionAlgorithm) throws {
    var network = try toyNetwork(preset)
    network.precision = .mixed
    func bits(_ threads: Int, _ kernels: KernelSet.Name = KernelSet.bestName) throws -> [UInt32] {
      try trainedBits(network, threads: threads, kernels: kernels) { $0.convolution = convolution }
    }
    let one = try bits(1)
    for threads in [2, 3, 16] { #expect(try bits(threads) == one) }
    for set in KernelSet.supported where set.table.fusesMultiplyAdd {
      #expect(try bits(2, set.name) == one, "\(set.name)")
    }
    #expect(try trainedBits(preset, threads: 1) { $0.convolution = convolution } != one)
  }

  /// An odd number of filters ends a pair in the middle of a row; with the direct algorithm a pair then holds two taps' channels.
  @Test(arguments: [ModelPreset.cnnLSTM, .convLSTM], ConvolutionAlgorithm.allCases)
  func inMixedPrecisionWithOddFilters(_ preset: ModelPreset, _ convolution: ConvolutionAlgorithm) throws {
    var sizes = toySizes(preset)
    sizes.filters = 7
    sizes.units = 9
    var network = try preset.description(sizes)
    network.precision = .mixed
    func bits(_ threads: Int, _ kernels: KernelSet.Name = KernelSet.bestName) throws -> [UInt32] {
      try trainedBits(network, threads: threads, kernels: kernels) { $0.convolution = convolution }
    }
    let one = try bits(1)
    #expect(one.contains { $0 != 0 })
    let team = WorkerTeam(start: realThreads())
    for threads in [2, 5, 16] {
      #expect(try trainedBits(network, threads: threads, team: team) { $0.convolution = convolution } == one)
    }
    for set in KernelSet.supported where set.table.fusesMultiplyAdd { #expect(try bits(3, set.name) == one) }
  }

  @Test func otherSeedsAndRepeatsGiveOtherBits() throws {
    let first = try trainedBits(.lstm, threads: 1)
    #expect(try trainedBits(.lstm, threads: 1) == first)
    #expect(try trainedBits(.lstm, threads: 1, seed: 4) != first)
    #expect(try trainedBits(.lstm, threads: 1, repeatIndex: 1) != first)
  }

  @Test(arguments: ModelPreset.allCases)
  func predictionsAtAnyNumberOfThreads(_ preset: ModelPreset) throws {
    let model = try Sequential(try toyNetwork(preset))
    let parameters = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(parameters.address, key: (1, 2))
    let data = toyWindows(count: 77)
    let predictor = Predictor(model: model, kernels: try KernelSet(KernelSet.bestName), parameters: parameters)
    let one = try predictor.probabilities(data, threads: 1)
    #expect(one.count == 77 * 4 && one.allSatisfy { $0 > 0 && $0 < 1 })
    for threads in [2, 3, 16] { #expect(try predictor.probabilities(data, threads: threads) == one) }
  }

  /// One predictor, asked by several threads at once: none of them meets another's memory.
  @Test(arguments: ModelPreset.allCases)
  func predictionsForSeveralCallersAtOnce(_ preset: ModelPreset) throws {
    let model = try Sequential(try toyNetwork(preset))
    let parameters = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(parameters.address, key: (1, 2))
    let windows = (0..<4).map { caller in toyWindows(count: 200).selecting { $0 != caller + 1 } }
    let predictor = Predictor(model: model, kernels: try KernelSet(KernelSet.bestName), parameters: parameters)
    let expected = try windows.map { try predictor.probabilities($0, threads: 1) }
    let wrong = Atomic<Int>(0)
    let callers = DispatchGroup()
    for caller in 0..<16 {
      callers.enter()
      Thread.detachNewThread {
        for _ in 0..<20
        where (try? predictor.probabilities(windows[caller % 4], threads: caller % 3 + 1)) != expected[caller % 4] {
          wrong.wrappingAdd(1, ordering: .relaxed)
        }
        callers.leave()
      }
    }
    callers.wait()
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}
