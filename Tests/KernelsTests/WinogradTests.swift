import Kernels
import Testing

/// The transforms of F(4, 3) against the convolution that they stand for, computed in double precision from its definition.
@Suite struct WinogradTests {
  /// Sequences `[positions, channels]` with a gap of nans behind each, and the tiles of what they are transformed to.
  private struct Case {
    let sequences: Int
    let channels: Int
    let outputs: Int
    let first: Int
    let kernels: KernelSet
    var tileCount: Int { (outputs + 3) / 4 }
    var width: Int { kernels.paddedColumns(channels) }

    func arguments(
      _ positions: UnsafeMutablePointer<Float>, count: Int, first: Int, _ tiles: UnsafeMutablePointer<Float>
    ) -> WinogradArguments {
      var arguments = WinogradArguments(
        sequences: sequences, channels: channels, tileCount: tileCount, positions: positions,
        sequenceStride: count * channels + 3, positionStride: channels, positionCount: count, tiles: tiles,
        pointStride: sequences * tileCount * width, tileStride: width)
      arguments.firstPosition = first
      return arguments
    }

    var tilesCount: Int { 6 * sequences * tileCount * width }

    /// Positions of which `count` lie in the sequence; the rest is nan, with a vector of slack at the end.
    func positions(_ values: [Float], count: Int) -> GuardedFloats {
      let memory = GuardedFloats(Array(repeating: .nan, count: sequences * (count * channels + 3) + 16))
      for g in 0..<sequences {
        for index in 0..<(count * channels) {
          memory.address[g * (count * channels + 3) + index] = values[g * count * channels + index]
        }
      }
      return memory
    }
  }

  private static func cases(_ set: KernelSet) -> [Case] {
    [(1, 1, 1, 0), (2, 9, 30, 0), (3, 64, 28, 0), (1, 24, 7, 1), (2, 17, 5, 2), (1, 33, 8, 1), (2, 100, 3, 0)].map {
      Case(sequences: $0.0, channels: $0.1, outputs: $0.2, first: $0.3, kernels: set)
    }
  }

  /// Channel by channel: y = Aᵀ[(G g) ⊙ (Bᵀ d)] is the convolution, and the transposed transforms are its gradients.
  @Test(arguments: KernelSet.Name.supported)
  func transformsMakeAConvolutionAndItsGradients(_ name: KernelSet.Name) throws {
    let set = try KernelSet(name)
    for example in Self.cases(set) {
      let (channels, outputs, tileCount) = (example.channels, example.outputs, example.tileCount)
      // The input's positions from `first` to two before the end are given, the others are zeros.
      let inputs = outputs + 2 - 2 * example.first
      guard inputs > 0 else { continue }
      var random = RandomFloats(channels * 31 + outputs)
      let d = random.uniform(example.sequences * inputs * channels)
      let g = random.uniform(3 * channels)
      let dy = random.uniform(example.sequences * outputs * channels)

      let inputTiles = GuardedFloats(count: example.tilesCount)
      let gradientTiles = GuardedFloats(count: example.tilesCount)
      let dMemory = example.positions(d, count: inputs)
      let dyMemory = example.positions(dy, count: outputs)
      set.table.winogradInput(
        example.arguments(dMemory.address, count: inputs, first: example.first, inputTiles.address))
      set.table.winogradOutputGradient(
        example.arguments(dyMemory.address, count: outputs, first: 0, gradientTiles.address))

      // Products at each point and channel: of filter and input, of filter and gradient, of input and gradient.
      let forward = GuardedFloats(Array(repeating: 0, count: example.tilesCount))
      let backward = GuardedFloats(Array(repeating: 0, count: example.tilesCount))
      let weights = GuardedFloats(Array(repeating: 0, count: 6 * example.width))
      for point in 0..<6 {
        for tile in 0..<(example.sequences * tileCount) {
          for n in 0..<channels {
            let index = (point * example.sequences * tileCount + tile) * example.width + n
            let u = (0..<3).reduce(0 as Float) { $0 + Winograd.filterTransform[point][$1] * g[$1 * channels + n] }
            forward.address[index] = u * inputTiles.address[index]
            backward.address[index] = u * gradientTiles.address[index]
            weights.address[point * example.width + n] += inputTiles.address[index] * gradientTiles.address[index]
          }
        }
      }

      let bias = GuardedFloats(random.uniform(channels))
      let y = example.positions(dy, count: outputs)
      var toOutput = example.arguments(y.address, count: outputs, first: 0, forward.address)
      toOutput.start = .bias(bias.address)
      toOutput.rectified = true
      set.table.winogradOutput(toOutput)
      let dx = example.positions(d, count: inputs)
      var toInput = example.arguments(dx.address, count: inputs, first: example.first, backward.address)
      toInput.start = .existing
      set.table.winogradInputGradient(toInput)
      let dg = GuardedFloats(count: 3 * channels)
      set.table.winogradFilterGradient(
        1, channels, weights.address, example.width, example.width, dg.address, channels, channels)

      func input(_ g: Int, _ position: Int, _ n: Int) -> Double {
        let index = position - example.first
        return index >= 0 && index < inputs ? Double(d[(g * inputs + index) * channels + n]) : 0
      }
      func gradient(_ g: Int, _ position: Int, _ n: Int) -> Double {
        position >= 0 && position < outputs ? Double(dy[(g * outputs + position) * channels + n]) : 0
      }
      var worst = 0.0
      for n in 0..<channels {
        var expectedTaps = [0.0, 0.0, 0.0]
        for sequence in 0..<example.sequences {
          for position in 0..<outputs {
            let sum = (0..<3).reduce(Double(bias.address[n])) {
              $0 + Double(g[$1 * channels + n]) * input(sequence, position + $1, n)
            }
            worst = max(
              worst, abs(max(sum, 0) - Double(y.address[sequence * (outputs * channels + 3) + position * channels + n]))
            )
            for tap in 0..<3 {
              expectedTaps[tap] += input(sequence, position + tap, n) * gradient(sequence, position, n)
            }
          }
          for index in 0..<inputs {
            let position = index + example.first
            let sum = (0..<3).reduce(Double(d[(sequence * inputs + index) * channels + n])) {
              $0 + Double(g[$1 * channels + n]) * gradient(sequence, position - $1, n)
            }
            worst = max(worst, abs(sum - Double(dx.address[sequence * (inputs * channels + 3) + index * channels + n])))
          }
        }
        for tap in 0..<3 { worst = max(worst, abs(expectedTaps[tap] - Double(dg.address[tap * channels + n])) / 4) }
      }
      #expect(worst < 1e-5, "\(example.sequences) x \(outputs) positions, \(channels) channels: \(worst)")
      for memory in [inputTiles, gradientTiles, y, dx, dg, dMemory, dyMemory] { #expect(memory.bandsAreUntouched) }
      // The gaps behind the sequences.
      for (memory, count) in [(y, outputs), (dx, inputs)] {
        for sequence in 0..<example.sequences {
          let end = sequence * (count * channels + 3) + count * channels
          #expect((0..<3).allSatisfy { memory.address[end + $0].isNaN })
        }
      }
    }
  }

  /// Sets that fuse agree to the bit, as they do in products.
  @Test func fusedSetsAgree() throws {
    let sets = try KernelSet.Name.fused.map { try KernelSet($0) }
    guard let reference = sets.first else { return }
    var random = RandomFloats(7)
    let d = random.uniform(2 * 30 * 64)
    func bits(_ set: KernelSet) -> [[UInt32]] {
      let example = Case(sequences: 2, channels: 64, outputs: 28, first: 0, kernels: set)
      let tiles = GuardedFloats(count: example.tilesCount)
      let positions = example.positions(d, count: 30)
      set.table.winogradInput(example.arguments(positions.address, count: 30, first: 0, tiles.address))
      let y = GuardedFloats(Array(repeating: 0, count: 2 * (28 * 64 + 3)))
      set.table.winogradOutput(example.arguments(y.address, count: 28, first: 0, tiles.address))
      let dx = GuardedFloats(Array(repeating: 0, count: 2 * (30 * 64 + 3)))
      set.table.winogradInputGradient(example.arguments(dx.address, count: 30, first: 0, tiles.address))
      let gradientTiles = GuardedFloats(count: example.tilesCount)
      set.table.winogradOutputGradient(example.arguments(y.address, count: 28, first: 0, gradientTiles.address))
      return [tiles.bits, y.bits, dx.bits, gradientTiles.bits]
    }
    let expected = bits(reference)
    for set in sets.dropFirst() { #expect(bits(set) == expected, "\(set.name)") }
    #expect(expected.allSatisfy { $0.contains { $0 != 0 } })
  }
}
