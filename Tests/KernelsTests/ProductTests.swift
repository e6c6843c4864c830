import Kernels
import Testing

/// The matrix product against the chain of multiply-adds that defines it, over shapes around every edge of a tile.
@Suite struct ProductTests {
  /// Rows 1 to 9 and columns 1 to 130, with numbers of depth that vary from one to the next.
  static func shapes(_ form: ProductCase.Form) -> [ProductCase] {
    (1...9).flatMap { rows in
      (1...130).map { columns in
        let mix = rows * 31 + columns * 7
        return ProductCase(
          form: form, groups: 1 + mix % 3, rows: rows, columns: columns, depth: 1 + mix % 40,
          start: ProductCase.Start.allCases[(rows + columns) % 3], rectified: mix % 2 == 0)
      }
    }
  }

  @Test(arguments: KernelSet.Name.supported, ProductCase.Form.allCases)
  func everyElementIsOneAscendingChain(_ name: KernelSet.Name, _ form: ProductCase.Form) throws {
    let set = try KernelSet(name)
    for shape in Self.shapes(form) {
      let operands = shape.makeOperands()
      let c = shape.run(set, operands)
      let expected = shape.expected(operands, fused: set.table.fusesMultiplyAdd)
      let wrong = expected.count { c.address[$0.key].bitPattern != $0.value.bitPattern }
      #expect(wrong == 0, "\(shape.testDescription)")
      #expect(shape.nothingElseIsWritten(c), "\(shape.testDescription)")
    }
  }

  @Test(arguments: KernelSet.Name.supported, ProductCase.Form.allCases)
  func elementsAreNearTheExactSums(_ name: KernelSet.Name, _ form: ProductCase.Form) throws {
    let set = try KernelSet(name)
    for shape in Self.shapes(form) where (shape.rows + shape.columns) % 4 == 0 {
      let operands = shape.makeOperands()
      let c = shape.run(set, operands)
      let far = shape.reference(operands).count { abs(Double(c.address[$0.key]) - $0.value.sum) > $0.value.tolerance }
      #expect(far == 0, "\(shape.testDescription)")
    }
  }

  /// Every start with and without rectifying, at the models' shapes and their remainders.
  @Test(arguments: KernelSet.Name.supported, ProductCase.Start.allCases)
  func startsAndRectifying(_ name: KernelSet.Name, _ start: ProductCase.Start) throws {
    let set = try KernelSet(name)
    for (rows, depth, columns) in [
      (4, 109, 400), (4, 896, 400), (30, 27, 64), (1, 100, 6), (2, 192, 256), (1, 109, 400), (1, 7, 96),
    ] {
      for rectified in [false, true] {
        let shape = ProductCase(
          form: .packed, groups: 1, rows: rows, columns: columns, depth: depth, start: start, rectified: rectified)
        let operands = shape.makeOperands()
        let c = shape.run(set, operands)
        let expected = shape.expected(operands, fused: set.table.fusesMultiplyAdd)
        #expect(expected.allSatisfy { c.address[$0.key].bitPattern == $0.value.bitPattern }, "\(shape.testDescription)")
        #expect(!rectified || expected.values.contains(0))
      }
    }
  }

  /// The order of panels changes nothing, for single rows that take two at once and for more.
  @Test(arguments: KernelSet.Name.supported)
  func panelsInEitherOrder(_ name: KernelSet.Name) throws {
    let set = try KernelSet(name)
    for rows in [1, 4] {
      for columns in [6, 16, 48, 72, 96, 100, 130, 160, 161, 240, 256, 320, 400] {
        let shape = ProductCase(
          form: .packed, groups: 1, rows: rows, columns: columns, depth: 21, start: .bias, rectified: false,
          takesLastPanelFirst: true)
        let operands = shape.makeOperands()
        let c = shape.run(set, operands)
        let expected = shape.expected(operands, fused: set.table.fusesMultiplyAdd)
        #expect(expected.allSatisfy { c.address[$0.key].bitPattern == $0.value.bitPattern }, "\(rows) × \(columns)")
        #expect(shape.nothingElseIsWritten(c))
      }
    }
  }

  /// A nan in A reaches all of its row and nothing else, and outlasts rectifying.
  @Test(arguments: KernelSet.Name.supported, [false, true])
  func nansAreKept(_ name: KernelSet.Name, rectified: Bool) throws {
    let set = try KernelSet(name)
    let shape = ProductCase(
      form: .plain, groups: 1, rows: 5, columns: 37, depth: 8, start: .zeros, rectified: rectified)
    var operands = shape.makeOperands()
    operands.a[2 * (8 + 3) + 4] = .nan
    let c = shape.run(set, operands)
    for row in 0..<5 {
      for column in 0..<37 { #expect(c.address[row * 40 + column].isNaN == (row == 2)) }
    }
  }

  /// No groups, no rows, no columns: nothing happens. No depth or no segments: C is its start.
  @Test(arguments: KernelSet.Name.supported)
  func emptyExtents(_ name: KernelSet.Name) throws {
    let table = try KernelSet(name).table
    let a = GuardedFloats(count: 1)
    for empty in 0..<5 {
      let c = GuardedFloats(count: 2 * 9)
      var arguments = ProductArguments(
        rows: empty == 1 ? 0 : 2, columns: empty == 2 ? 0 : 9, depth: empty == 3 ? 0 : 1, a: a.address, aRowStride: 0,
        b: a.address, c: c.address, cRowStride: 9)
      arguments.groups = empty == 0 ? 0 : 1
      arguments.segments = empty == 4 ? 0 : 1
      arguments.bDepthStride = 0
      table.product(arguments)
      #expect(c.bandsAreUntouched)
      let isZero = c.array.allSatisfy { $0 == 0 }
      let isUntouched = (0..<c.count).allSatisfy(c.isUntouched)
      #expect(empty < 3 ? isUntouched : isZero)
    }
  }
}
