import Kernels
import NeuralNetworks
import SystemSupport
import Testing
import _TestSupport

/// The three networks' sizes, their initial weights, and that a row doesn't depend on its neighbours.
@Suite struct ModelShapeTests {
  @Test(arguments: [(ModelPreset.lstm, 54_706), (.cnnLSTM, 423_650), (.convLSTM, 249_026)])
  func parameterCounts(_ preset: ModelPreset, _ count: Int) throws {
    #expect(try Sequential(try preset.description()).parameterCount == count)
  }

  /// The products' operations for 7,352 windows: 239, 138 and 228 GFLOP.
  @Test(arguments: [(ModelPreset.lstm, 239), (.cnnLSTM, 138), (.convLSTM, 228)])
  func flops(_ preset: ModelPreset, _ gigaflops: Int) throws {
    let flops = try Sequential(try preset.description()).trainingFlops * 7352
    #expect(Int((Double(flops) * 1e-9).rounded()) == gigaflops)
  }

  @Test func initialWeights() throws {
    let model = try Sequential(try ModelPreset.lstm.description())
    let buffer = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(buffer.address, key: PhiloxGenerator.key(seed: 1, repeatIndex: 0))
    let placed = model.placedParameters
    func values(_ index: Int) -> [Float] {
      Array(UnsafeBufferPointer(start: buffer.address + placed[index].offset, count: placed[index].parameter.count))
    }
    // Glorot: ±√(6 / (9 + 400)), filled to near its ends.
    let limit = Float((6.0 / 409).squareRoot())
    #expect(values(0).allSatisfy { abs($0) <= limit })
    #expect(largestMagnitude(values(0)) > 0.99 * Double(limit))
    // Orthogonal: the rows of [100, 400] are orthonormal.
    let recurrent = values(1)
    for a in [0, 1, 57, 99] {
      for b in [0, 1, 57, 99] {
        let dot = (0..<400).reduce(0.0) { $0 + Double(recurrent[a * 400 + $1]) * Double(recurrent[b * 400 + $1]) }
        #expect(abs(dot - (a == b ? 1 : 0)) < 1e-5)
      }
    }
    // Bias: ones for the forget gate, the second quarter.
    #expect(
      values(2) == Array(repeating: 0, count: 100) + Array(repeating: 1, count: 100) + Array(repeating: 0, count: 200))
  }

  @Test(arguments: ModelPreset.allCases, KernelSet.supported.map(\.name))
  func rowsDoNotDependOnTheirShard(_ preset: ModelPreset, _ kernels: KernelSet.Name) throws {
    let model = try Sequential(try preset.description())
    let set = try KernelSet(kernels)
    let buffer = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(buffer.address, key: (5, 6))
    let parameters = model.placedParameters.map {
      Array(UnsafeBufferPointer(start: buffer.address + $0.offset, count: $0.parameter.count))
    }
    let input = (0..<(5 * model.inputCount)).map { Float(($0 * 7919) % 1000) / 500 - 1 }
    let outputs = [1, 2, 3, 4].map { shardRows in
      let bench = ModelBench(model, kernels: set, rows: 5, shardRows: shardRows)
      bench.setParameters(parameters)
      return bench.run(input)
    }
    #expect(outputs.allSatisfy { $0 == outputs[0] && !$0.contains { $0.isNaN } })
  }
}
