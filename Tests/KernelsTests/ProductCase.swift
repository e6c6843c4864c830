import Kernels
import Testing

/// A product with all its data, and what C must be by the definition of `ProductArguments`.
struct ProductCase: Sendable, CustomTestStringConvertible {
  /// How A and B lie in memory.
  enum Form: String, Sendable, CaseIterable {
    /// A row-major, B packed.
    case packed
    /// A row-major, B row-major.
    case plain
    /// A column-major (a gradient Xᵀ·dY), B row-major with gaps.
    case transposed
    /// Rows of A that overlap (a convolution), B packed.
    case windows
    /// Segments of transposed windows (a convolution's weight gradient), B row-major with gaps.
    case segmentedWindows
    /// Segments and B packed.
    case segmentedPacked
  }

  enum Start: Sendable, CaseIterable { case zeros, bias, existing }

  var form: Form
  var groups: Int
  var rows: Int
  var columns: Int
  var depth: Int
  var start: Start
  var rectified: Bool
  var takesLastPanelFirst = false

  var testDescription: String {
    "\(form.rawValue) \(groups)×\(rows)×\(depth)×\(columns) from \(start)\(rectified ? " rectified" : "")"
  }

  private static let slack = 64
  private var segments: Int { form == .segmentedWindows || form == .segmentedPacked ? 3 : 1 }
  var isPacked: Bool { form == .packed || form == .windows || form == .segmentedPacked }

  // MARK: Strides of A, B and C in elements

  private var aRowStride: Int {
    switch form {
    case .packed, .plain: depth + 3
    case .transposed, .segmentedWindows: 1
    case .windows, .segmentedPacked: 2
    }
  }
  private var aDepthStride: Int { form == .transposed ? rows + 1 : form == .segmentedWindows ? 2 : 1 }
  private var aSegmentStride: Int { segments == 1 ? 0 : rows * aRowStride + depth * aDepthStride }
  private var aGroupStride: Int { groups == 1 ? 0 : segments * (rows * aRowStride + depth * aDepthStride) + 5 }
  private var aCount: Int {
    (groups - 1) * aGroupStride + (segments - 1) * aSegmentStride + (rows - 1) * aRowStride + (depth - 1) * aDepthStride
      + 1
  }
  private var bDepthStride: Int { form == .plain ? columns : columns + 7 }
  private var bSegmentStride: Int { depth * bDepthStride + 3 }
  private var cRowStride: Int { columns + 3 }
  private var cGroupStride: Int { rows * cRowStride + 2 }
  private var cCount: Int { (groups - 1) * cGroupStride + (rows - 1) * cRowStride + columns }
  private func cIndex(_ group: Int, _ row: Int, _ column: Int) -> Int {
    group * cGroupStride + row * cRowStride + column
  }

  // MARK: Data

  /// The operands: A; B as `[segments, depth, columns]`; the bias; what C holds before.
  struct Operands {
    var a, b, bias, existing: [Float]
  }

  func makeOperands() -> Operands {
    var random = RandomFloats(rows &* 7919 &+ columns &* 131 &+ depth &* 17 &+ groups)
    return Operands(
      a: random.uniform(aCount), b: random.uniform(segments * depth * columns), bias: random.uniform(columns),
      existing: random.uniform(cCount))
  }

  // MARK: Running and expecting

  /// C after the kernel, between guards; floats between C's rows have the guards' pattern.
  func run(_ set: KernelSet, _ operands: Operands) -> GuardedFloats {
    // Behind A, B and the bias lie nans: reading them is allowed, using them is not.
    let nans = Array(repeating: Float.nan, count: Self.slack)
    let a = GuardedFloats(operands.a + nans)
    let bias = GuardedFloats(operands.bias + nans)
    let b = isPacked ? packedB(set, operands.b) : stridedB(operands.b)
    let c = GuardedFloats(count: cCount)
    if start == .existing { forEachElement { c.address[$0] = operands.existing[$0] } }
    var arguments = ProductArguments(
      rows: rows, columns: columns, depth: depth, a: a.address, aRowStride: aRowStride, b: b.address, c: c.address,
      cRowStride: cRowStride)
    arguments.groups = groups
    arguments.segments = segments
    arguments.aGroupStride = aGroupStride
    arguments.aSegmentStride = aSegmentStride
    arguments.aDepthStride = aDepthStride
    arguments.cGroupStride = cGroupStride
    arguments.rectified = rectified
    arguments.takesLastPanelFirst = takesLastPanelFirst
    if !isPacked {
      arguments.bDepthStride = bDepthStride
      arguments.bSegmentStride = bSegmentStride
    }
    switch start {
    case .zeros: break
    case .bias: arguments.start = .bias(UnsafePointer(bias.address))
    case .existing: arguments.start = .existing
    }
    set.table.product(arguments)
    return c
  }

  /// The chain of multiply-adds over segments and depth in ascending order that every element of C is.
  func expected(_ operands: Operands, fused: Bool) -> [Int: Float] {
    var result: [Int: Float] = [:]
    forEachTerms(operands) { index, first, terms in
      var sum = first
      for (x, y) in terms { sum = fused ? sum.addingProduct(x, y) : sum + x * y }
      result[index] = rectified && 0 > sum ? 0 : sum
    }
    return result
  }

  /// The chain that every element is where operands are bf16: two terms at a time, the second's product first, an odd last one with a
  /// zero; what is no normal number counts as zero.
  func expectedOfBF16(_ operands: Operands) -> [Int: Float] {
    func flushed(_ value: Float) -> Float { value.isSubnormal ? 0 * value : value }
    var result: [Int: Float] = [:]
    forEachTerms(operands) { index, first, terms in
      var sum = first
      for pair in stride(from: 0, to: terms.count, by: 2) {
        for (x, y) in [pair + 1 < terms.count ? terms[pair + 1] : (0, 0), terms[pair]] {
          sum = flushed(flushed(sum).addingProduct(nearestBF16(x), nearestBF16(y)))
        }
      }
      result[index] = rectified && 0 > sum ? 0 : sum
    }
    return result
  }

  /// The sums in double precision, and the rounding error that a chain of that many multiply-adds may have (Higham,
  /// "Accuracy and Stability of Numerical Algorithms", 3.1): (n + 1)·u·Σ|terms|.
  func reference(_ operands: Operands) -> [Int: (sum: Double, tolerance: Double)] {
    var result: [Int: (Double, Double)] = [:]
    forEachTerms(operands) { index, first, terms in
      var sum = Double(first)
      var magnitude = abs(sum)
      for (x, y) in terms {
        sum += Double(x) * Double(y)
        magnitude += abs(Double(x) * Double(y))
      }
      result[index] = (rectified ? max(sum, 0) : sum, Double(terms.count + 1) * 0x1p-24 * magnitude)
    }
    return result
  }

  /// Whether all of C's allocation that is no element of C is as it was.
  func nothingElseIsWritten(_ c: GuardedFloats) -> Bool {
    var isElement = Array(repeating: false, count: cCount)
    forEachElement { isElement[$0] = true }
    return c.bandsAreUntouched && isElement.indices.allSatisfy { isElement[$0] || c.isUntouched($0) }
  }

  private func forEachElement(_ body: (Int) -> Void) {
    for group in 0..<groups {
      for row in 0..<rows { for column in 0..<columns { body(cIndex(group, row, column)) } }
    }
  }

  private func forEachTerms(_ operands: Operands, _ body: (Int, Float, [(Float, Float)]) -> Void) {
    for group in 0..<groups {
      for row in 0..<rows {
        for column in 0..<columns {
          let index = cIndex(group, row, column)
          let first = start == .zeros ? 0 : start == .bias ? operands.bias[column] : operands.existing[index]
          var terms: [(Float, Float)] = []
          for segment in 0..<segments {
            let a = group * aGroupStride + row * aRowStride + segment * aSegmentStride
            for k in 0..<depth {
              terms.append(
                (operands.a[a + k * aDepthStride], operands.b[(segment * depth + k) * columns + column]))
            }
          }
          body(index, first, terms)
        }
      }
    }
  }

  private func packedB(_ set: KernelSet, _ b: [Float]) -> GuardedFloats {
    let packed = GuardedFloats(count: set.packedCount(depth: segments * depth, columns: columns))
    b.withUnsafeBufferPointer {
      set.pack(
        $0.baseAddress!, depthStride: columns, columnStride: 1, depth: segments * depth, columns: columns,
        into: packed.address)
    }
    return packed
  }

  private func stridedB(_ b: [Float]) -> GuardedFloats {
    let strided = GuardedFloats(Array(repeating: .nan, count: segments * bSegmentStride + Self.slack))
    for segment in 0..<segments {
      for k in 0..<depth {
        for column in 0..<columns {
          strided.address[segment * bSegmentStride + k * bDepthStride + column] =
            b[(segment * depth + k) * columns + column]
        }
      }
    }
    return strided
  }
}
