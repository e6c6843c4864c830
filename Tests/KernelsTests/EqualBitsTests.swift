import Kernels
import Testing

/// The sets that round multiply-adds once owe each other the same bits, in every function of their tables.
@Suite(.enabled(if: KernelSet.Name.fused.count > 1, "the processor runs fewer than two sets with fused multiply-add"))
struct EqualBitsTests {
  /// A computation with every function of the table: the result's bits.
  typealias Computation = (KernelSet) -> [UInt32]

  private func expectEqualBits(_ what: String, _ computation: Computation) throws {
    let results = try KernelSet.Name.fused.map { computation(try KernelSet($0)) }
    for result in results.dropFirst() { #expect(result == results[0], "\(what)") }
    #expect(!results[0].isEmpty)
  }

  @Test(arguments: ProductCase.Form.allCases)
  func products(_ form: ProductCase.Form) throws {
    for (rows, depth, columns) in [
      (4, 109, 400), (4, 400, 100), (110, 128, 400), (30, 192, 64), (3, 100, 6), (7, 33, 37),
    ] {
      let product = ProductCase(
        form: form, groups: 2, rows: rows, columns: columns, depth: depth, start: .bias, rectified: false)
      let operands = product.makeOperands()
      try expectEqualBits(product.testDescription) { product.run($0, operands).bits }
      try expectEqualBits("\(product.testDescription), bf16") { set in
        withDenormalsFlushed { product.run(set.multiplyingBF16, operands).bits }
      }
    }
  }

  @Test(arguments: [5, 16, 20, 64, 100])
  func gates(_ units: Int) throws {
    for (activation, recurrent) in LSTMGateCase.activations {
      let step = LSTMGateCase(units: units, activation: activation, recurrentActivation: recurrent)
      try expectEqualBits("\(activation), \(recurrent)") { set in
        let arrays = step.makeArrays(seed: 3)
        set.table.lstmGatesForward(step.arguments(arrays))
        let forward = [arrays.gates, arrays.cell, arrays.activatedCell, arrays.hidden].flatMap(\.bits)
        set.table.lstmGatesBackward(step.arguments(arrays))
        return forward + arrays.gates.bits + arrays.cellGradient.bits
      }
    }
  }

  @Test(arguments: [5, 16, 20, 64, 100])
  func gruGates(_ units: Int) throws {
    try expectEqualBits("gru") { set in
      let step = GRUGateCase(units: units, seed: 3)
      set.table.gruGatesForward(step.arguments)
      let forward = step.arrays.flatMap(\.bits)
      set.table.gruGatesBackward(step.arguments)
      return forward + step.arrays.flatMap(\.bits)
    }
  }

  @Test(arguments: ElementFunction.allCases)
  func elementFunctions(_ function: ElementFunction) throws {
    let inputs = ElementFunctionTests.sweep(stride: 16384) + ElementFunctionTests.denseRanges
    let numbers = inputs.filter { !$0.isNaN }
    try expectEqualBits("\(function)") { $0.table.values(function, numbers).map(\.bitPattern) }
    try expectEqualBits("\(function), flushed") { set in
      withDenormalsFlushed { set.table.values(function, numbers).map(\.bitPattern) }
    }
  }

  @Test func adam() throws {
    var random = RandomFloats(7)
    let values = (0..<4).map { _ in random.uniform(4096) }
    try expectEqualBits("adam") { set in
      let arrays = [values[0], values[1], values[2].map(abs)].map { GuardedFloats($0) }
      values[3].withUnsafeBufferPointer { gradient in
        for _ in 0..<3 {
          set.table.adam(
            AdamArguments(
              count: 4096, parameters: arrays[0].address, firstMoment: arrays[1].address,
              secondMoment: arrays[2].address, gradient: gradient.baseAddress!, gradientScale: 0.7, stepSize: 0.003,
              beta1: 0.9, beta2: 0.999, epsilon: 1e-7))
        }
      }
      return arrays.flatMap(\.bits)
    }
  }

  @Test func passesOverArrays() throws {
    var random = RandomFloats(8)
    let x = GuardedFloats(random.uniform(16 * 112))
    let y = GuardedFloats(random.uniform(16 * 112))
    try expectEqualBits("elementwise") { set in
      let table = set.table
      let results = (0..<8).map { _ in GuardedFloats(Array(repeating: 0, count: 112)) }
      table.add(x.address, y.address, results[0].address, 101)
      table.multiply(x.address, y.address, results[1].address, 101)
      table.maximum(x.address, y.address, results[2].address, 101)
      table.reluBackward(x.address, y.address, results[3].address, 101)
      table.maximumBackward(x.address, y.address, y.address, results[4].address, results[5].address, 101)
      table.reduceShards(x.address, 112, 16, results[6].address, 112, false)
      table.columnSums(
        ColumnSumArguments(
          columns: 101, segments: 4, depth: 3, b: x.address, bSegmentStride: 448, bDepthStride: 112,
          sum: results[7].address))
      return results.flatMap(\.bits)
    }
  }

  @Test(arguments: [2, 6, 7, 30])
  func softmax(_ columns: Int) throws {
    var random = RandomFloats(columns)
    let logits = random.uniform(64 * columns, scale: 20)
    try expectEqualBits("softmax") { set in
      let x = GuardedFloats(logits)
      set.table.softmax(x.address, 64, columns, columns)
      return x.bits
    }
  }

  @Test func dropoutMasks() throws {
    try expectEqualBits("dropout mask") { set in
      let mask = GuardedFloats(count: 1024)
      set.table.dropoutMask(DropoutMaskTests.key, 128, 1024, 13107, 1.25, mask.address)
      return mask.bits
    }
  }
}
