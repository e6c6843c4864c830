import Kernels
import NeuralNetworks
import Testing

/// The layer against the definition of its draws: 16-bit numbers of Philox, by the window's place in the epoch, the epoch and the layer.
@Suite struct DropoutTests {
  private static let key = DropoutKey(key: (7, 8), epoch: 3)
  private static let rows = 7

  private static func layer(_ rate: Float, dropoutsBefore: UInt32) throws -> any Layer {
    var building = LayerBuilding(convolution: .standard)
    building.dropouts = dropoutsBefore
    return try Dropout(rate: rate).definition().makeLayer(inputShape: [5, 30], &building)
  }

  /// The number of element d, as docs/kernels.md has it: word (d / 16) % 4, half d % 2, of counter 8·(d / 64) + (d % 16) / 2.
  private static func number(_ d: Int, row: Int, layer: UInt32) -> UInt32 {
    let block = PhiloxGenerator.block(
      counter: (UInt32(8 * (d / 64) + d % 16 / 2), UInt32(row), key.epoch, layer), key: key.key)
    let word = [block.0, block.1, block.2, block.3][d / 16 % 4]
    return d % 2 == 0 ? word & 0xffff : word >> 16
  }

  @Test(arguments: [0.1, 0.25, 0.5, 0.9] as [Float], [0, 2] as [UInt32])
  func outputsAndGradientsAreMasked(_ rate: Float, dropoutsBefore: UInt32) throws {
    let layer = try Self.layer(rate, dropoutsBefore: dropoutsBefore)
    let count = layer.inputCount
    let input = (0..<(Self.rows * count)).map { Float($0 % 17) - 8.5 }
    let gradient = (0..<(Self.rows * count)).map { Float($0 % 13) - 6.5 }
    let mask = (0..<Self.rows).flatMap { row in
      (0..<count).map { element in
        let isKept = Self.number(element, row: row, layer: dropoutsBefore + 1) >= UInt32((rate * 65536).rounded())
        return isKept ? 1 / (1 - rate) : 0
      }
    }
    let bench = LayerBench(layer, kernels: try KernelSet(KernelSet.bestName), rows: Self.rows, dropout: Self.key)
    let found = bench.pass(input, parameters: [], outputGradient: gradient)
    #expect(found.output == zip(input, mask).map { $0 * $1 })
    #expect(found.inputGradient == zip(gradient, mask).map { $0 * $1 })
  }

  @Test func nothingIsDroppedOutsideTrainingOrAtRateZero() throws {
    for (rate, key) in [(0.5, nil), (0, Self.key)] as [(Float, DropoutKey?)] {
      let layer = try Self.layer(rate, dropoutsBefore: 0)
      let input = (0..<(Self.rows * layer.inputCount)).map { Float($0) }
      let bench = LayerBench(layer, kernels: try KernelSet(KernelSet.bestName), rows: Self.rows, dropout: key)
      let found = bench.pass(input, parameters: [], outputGradient: input)
      #expect(found.output == input && found.inputGradient == input)
    }
  }
}
