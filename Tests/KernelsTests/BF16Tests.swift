import Kernels
import Testing

/// The nearest bf16 to a float, by comparing its distances to the two that enclose it; ties go to the one whose last bit is 0.
/// Denormals become zeros.
func nearestBF16(_ value: Float) -> Float {
  guard value.isFinite, !value.isSubnormal, value != 0 else { return value.isSubnormal ? 0 * value : value }
  let below = value.bitPattern >> 16
  // Beyond the largest finite bf16 stands infinity, which rounding takes for 2^128.
  func exact(_ upper: UInt32) -> Double {
    let neighbour = Float(bitPattern: upper << 16)
    return neighbour.isFinite ? Double(abs(neighbour)) : 0x1p128
  }
  let (down, up) = (Double(abs(value)) - exact(below), exact(below + 1) - Double(abs(value)))
  let isUp = up < down || up == down && below % 2 == 1
  return Float(bitPattern: (isUp ? below + 1 : below) << 16)
}

/// Products whose operands are bf16: what they are rounded to, in what order they are summed, and the same bits on every set.
@Suite struct BF16Tests {
  /// Floats around every upper half: its own, its neighbours' midpoint, and one to each side of both.
  static let floats: [Float] = (0...UInt32(UInt16.max)).flatMap { upper in
    [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff].map { Float(bitPattern: upper << 16 | $0) }
  }

  /// Packs two rows of floats, together or one by one, and gives the pairs' halves.
  private static func halves(_ set: KernelSet, low: [Float], high: [Float], inParts: Bool) -> (
    low: [UInt16], high: [UInt16]
  ) {
    let packed = GuardedFloats(count: set.packedCount(depth: 2, columns: low.count))
    withDenormalsFlushed {
      (low + high).withUnsafeBufferPointer {
        for range in inParts ? [0..<1, 1..<2] : [0..<2] {
          set.pack(
            $0.baseAddress! + range.lowerBound * low.count, depthStride: low.count, columnStride: 1, depth: range.count,
            columns: low.count, into: packed.address, firstDepth: range.lowerBound, totalDepth: 2)
        }
      }
    }
    // One pair per column, in the columns' order, since there is one row of pairs.
    let words = packed.bits.prefix(low.count)
    return (words.map { UInt16(truncatingIfNeeded: $0) }, words.map { UInt16($0 >> 16) })
  }

  @Test(arguments: KernelSet.Name.supported, [false, true])
  func floatsBecomeTheNearestBF16(_ name: KernelSet.Name, inParts: Bool) throws {
    let set = try KernelSet(name).multiplyingBF16
    let found = Self.halves(set, low: Self.floats, high: Self.floats.reversed(), inParts: inParts)
    for (halves, floats) in [(found.low, Self.floats), (found.high, Self.floats.reversed())] {
      let wrong = zip(halves, floats).count { half, float in
        let value = Float(bitPattern: UInt32(half) << 16)
        // A nan stays one and becomes quiet.
        return float.isNaN
          ? !value.isNaN || half & 0x40 == 0 : value.bitPattern != nearestBF16(float).bitPattern
      }
      #expect(wrong == 0)
    }
  }

  @Test(arguments: KernelSet.Name.supported, ProductCase.Form.allCases)
  func everyElementIsOneChainOfPairs(_ name: KernelSet.Name, _ form: ProductCase.Form) throws {
    let set = try KernelSet(name).multiplyingBF16
    for shape in ProductTests.shapes(form) {
      let operands = shape.makeOperands()
      let c = withDenormalsFlushed { shape.run(set, operands) }
      let expected = shape.expectedOfBF16(operands)
      let wrong = expected.count { c.address[$0.key].bitPattern != $0.value.bitPattern }
      #expect(wrong == 0, "\(shape.testDescription)")
      #expect(shape.nothingElseIsWritten(c), "\(shape.testDescription)")
    }
  }

  /// Blocks of rows, of terms and of depth: their edges, and more of each than one block holds.
  @Test(arguments: KernelSet.Name.supported, ProductCase.Form.allCases)
  func blocksLeaveNoTrace(_ name: KernelSet.Name, _ form: ProductCase.Form) throws {
    let set = try KernelSet(name).multiplyingBF16
    for (groups, rows, depth, columns) in [(3, 257, 129, 37), (1, 130, 257, 6), (2, 5, 7001, 18), (70, 3, 128, 5)] {
      for start in ProductCase.Start.allCases {
        let shape = ProductCase(
          form: form, groups: groups, rows: rows, columns: columns, depth: depth, start: start, rectified: true)
        let operands = shape.makeOperands()
        let c = withDenormalsFlushed { shape.run(set, operands) }
        let expected = shape.expectedOfBF16(operands)
        #expect(expected.allSatisfy { c.address[$0.key].bitPattern == $0.value.bitPattern }, "\(shape.testDescription)")
        #expect(shape.nothingElseIsWritten(c), "\(shape.testDescription)")
      }
    }
  }

  /// Operands from denormals to infinities and nans: sums flush, overflow and stay nan as the definition says.
  @Test(arguments: KernelSet.Name.supported, [ProductCase.Form.packed, .transposed])
  func extremesToo(_ name: KernelSet.Name, _ form: ProductCase.Form) throws {
    let set = try KernelSet(name).multiplyingBF16
    let shape = ProductCase(
      form: form, groups: 1, rows: 8, columns: 33, depth: 6, start: .existing, rectified: false)
    var flushed = 0
    for seed in 0..<200 {
      var random = RandomFloats(seed)
      var operands = shape.makeOperands()
      func scaled(_ values: [Float], by exponents: ClosedRange<Int>) -> [Float] {
        zip(values, random.uniform(values.count)).map { value, place in
          let span = Double(exponents.count - 1) * (Double(place) + 1) / 2
          return value * Float(sign: .plus, exponent: exponents.lowerBound + Int(span), significand: 1)
        }
      }
      // Sums that are denormal; sums of all sizes; sums that overflow.
      let (factors, sums) = [(-66 ... -60, -130 ... -124), (-70...70, -126...126), (-126...126, -126...126)][seed % 3]
      operands.a = scaled(operands.a, by: factors)
      operands.b = scaled(operands.b, by: factors)
      operands.existing = scaled(operands.existing, by: sums)
      if seed % 10 == 9 {
        operands.a[seed % operands.a.count] = .infinity
        operands.b[seed % operands.b.count] = .nan
      }
      let c = withDenormalsFlushed { shape.run(set, operands) }
      let expected = shape.expectedOfBF16(operands)
      let wrong = expected.count { index, value in
        value.isNaN ? !c.address[index].isNaN : c.address[index].bitPattern != value.bitPattern
      }
      #expect(wrong == 0, "seed \(seed)")
      flushed += expected.values.count { $0 == 0 }
    }
    #expect(flushed > 0)
  }

  /// bf16 has 8 bits: a number is off by 2^-8 of itself at most, a product of two by twice that, and a sum by that much of its terms'
  /// magnitudes.
  @Test(arguments: KernelSet.Name.supported)
  func elementsAreNearTheExactSums(_ name: KernelSet.Name) throws {
    let set = try KernelSet(name).multiplyingBF16
    for shape in ProductTests.shapes(.packed) where (shape.rows + shape.columns) % 4 == 0 {
      let operands = shape.makeOperands()
      let c = withDenormalsFlushed { shape.run(set, operands) }
      let far = shape.reference(operands).count {
        // The tolerance holds (n + 1) · 2^-24 of the terms' magnitudes.
        let magnitude = $0.value.tolerance * 0x1p24 / Double(shape.depth + 1)
        return abs(Double(c.address[$0.key]) - $0.value.sum) > (0x1p-7 + 0x1p-16) * magnitude + $0.value.tolerance
      }
      #expect(far == 0, "\(shape.testDescription)")
    }
  }

  /// Parts that begin and end at odd rows, in any order, as the matrix lies and transposed, give pairs of the nearest bf16.
  @Test(arguments: KernelSet.Name.supported, [1, 16, 100, 130])
  func partsGiveTheWhole(_ name: KernelSet.Name, columns: Int) throws {
    let set = try KernelSet(name).multiplyingBF16
    for (depth, isTransposed) in [(50, false), (51, false), (50, true), (51, true)] {
      var random = RandomFloats(columns)
      let source = random.uniform(3 * depth * columns)
      let (depthStride, columnStride) = isTransposed ? (1, depth) : (columns, 1)
      let taps = TapWeights(0.25, -1 / 6, 3, stride: depth * columns)
      func element(_ k: Int, _ column: Int) -> UInt32 {
        guard k < depth, column < columns else { return 0 }
        let place = k * depthStride + column * columnStride
        let sum =
          taps.first * source[place] + taps.second * source[depth * columns + place]
          + taps.third * source[2 * depth * columns + place]
        return nearestBF16(sum).bitPattern >> 16
      }
      let layout = PackedLayout(columns: columns, width: set.table.width, panelVectors: set.table.panelVectors)
      let expected = (0..<layout.panels).flatMap { panel in
        let range = layout.firstColumn(ofPanel: panel)..<layout.firstColumn(ofPanel: panel + 1)
        return stride(from: 0, to: depth, by: 2).flatMap { k in range.map { element(k, $0) | element(k + 1, $0) << 16 }
        }
      }
      for parts in [[0..<depth], [17..<34, 34..<47, 0..<17, 47..<48, 48..<depth]] {
        let packed = GuardedFloats(count: set.packedCount(depth: depth, columns: columns))
        source.withUnsafeBufferPointer {
          for range in parts {
            set.pack(
              $0.baseAddress! + range.lowerBound * depthStride, taps: taps, depthStride: depthStride,
              columnStride: columnStride, depth: range.count, columns: columns, into: packed.address,
              firstDepth: range.lowerBound, totalDepth: depth)
          }
        }
        #expect(packed.bits == expected, "depth \(depth), transposed: \(isTransposed)")
        #expect(packed.bandsAreUntouched)
      }
    }
  }
}
