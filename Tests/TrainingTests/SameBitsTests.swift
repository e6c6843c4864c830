import Kernels
import NeuralNetworks
import Testing
import Training

/// The weights after training are the same to the bit however the work is divided.
@Suite struct SameBitsTests {
  @Test(arguments: Architecture.allCases)
  func atAnyNumberOfThreads(_ architecture: Architecture) throws {
    let one = try trainedBits(architecture, threads: 1)
    #expect(one.contains { $0 != 0 })
    for threads in [2, 3, 5, 8, 16, 64] { #expect(try trainedBits(architecture, threads: threads) == one) }
  }

  @Test(arguments: Architecture.allCases, [1, 7, 64, 300])
  func atAnyBatchSize(_ architecture: Architecture, _ batchSize: Int) throws {
    let data = toyData(count: 310)
    let epochs = batchSize == 1 ? 1 : 2
    let one = try trainedBits(architecture, threads: 1, epochs: epochs, batchSize: batchSize, data: data)
    #expect(try trainedBits(architecture, threads: 3, epochs: epochs, batchSize: batchSize, data: data) == one)
  }

  @Test(arguments: Architecture.allCases)
  func withClippingAndSchedule(_ architecture: Architecture) throws {
    func bits(_ threads: Int) throws -> [UInt32] {
      try trainedBits(architecture, threads: threads) {
        $0.clipNorm = 0.1
        $0.schedule = .cosine
      }
    }
    #expect(try bits(1) == bits(5))
    #expect(try bits(1) != trainedBits(architecture, threads: 1))
  }

  @Test(.enabled(if: KernelSet.bestName == .avx512, "this processor has no AVX-512"), arguments: Architecture.allCases)
  func withAVX2AndAVX512(_ architecture: Architecture) throws {
    #expect(
      try trainedBits(architecture, threads: 2, kernels: .avx2)
        == trainedBits(architecture, threads: 2, kernels: .avx512))
  }

  @Test func otherSeedsAndRepeatsGiveOtherBits() throws {
    let first = try trainedBits(.lstm, threads: 1)
    #expect(try trainedBits(.lstm, threads: 1) == first)
    #expect(try trainedBits(.lstm, threads: 1, seed: 4) != first)
    #expect(try trainedBits(.lstm, threads: 1, repeatIndex: 1) != first)
  }

  @Test(arguments: Architecture.allCases)
  func predictionsAtAnyNumberOfThreads(_ architecture: Architecture) throws {
    let model = toyModel(architecture).makeModel()
    let parameters = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(parameters.address, key: (1, 2))
    let data = toyData(count: 77)
    let predictor = Predictor(model: model, kernels: try KernelSet(KernelSet.bestName), parameters: parameters)
    let one = predictor.probabilities(data, threads: 1)
    #expect(one.count == 77 * 4 && one.allSatisfy { $0 > 0 && $0 < 1 })
    for threads in [2, 3, 16] { #expect(predictor.probabilities(data, threads: threads) == one) }
  }
}
