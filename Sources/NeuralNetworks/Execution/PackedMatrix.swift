internal import Kernels

/// A part of a layer's parameters as (some of the depth of) a packed matrix B `[depth, columns]` of a product.
package struct PackedMatrix: Sendable {
  /// Which passes need a matrix.
  enum Use: Sendable {
    case forward
    case backward
    /// The backward pass of a layer whose input's gradient is wanted.
    case inputGradient
  }

  /// The first parameter, counted from the layer's first, and the strides of depth and columns.
  var source: Int
  /// How taps are summed up to the matrix; nil for the parameters themselves.
  var taps: TapWeights?
  var depthStride: Int
  var columnStride: Int
  var depth: Int
  var columns: Int
  /// The packed matrix, counted from the layer's first packed float.
  var target: Int
  /// Where this depth stands in that of the whole packed matrix.
  var firstDepth: Int
  var totalDepth: Int
  var use: Use

  /// Floats of the whole packed matrix.
  func count(_ kernels: KernelSet) -> Int { kernels.packedCount(depth: totalDepth, columns: columns) }

  /// Packs `range` of the depth.
  func pack(
    _ kernels: KernelSet, depth range: Range<Int>, parameters: UnsafePointer<Float>,
    into packed: UnsafeMutablePointer<Float>
  ) {
    kernels.pack(
      parameters + source + range.lowerBound * depthStride, taps: taps, depthStride: depthStride,
      columnStride: columnStride,
      depth: range.count, columns: columns, into: packed + target, firstDepth: firstDepth + range.lowerBound,
      totalDepth: totalDepth)
  }
}

/// Collects a layer's packed matrices one behind the other.
struct PackedLayoutBuilder {
  let kernels: KernelSet
  private(set) var matrices: [PackedMatrix] = []
  private var count = 0

  init(_ kernels: KernelSet) { self.kernels = kernels }

  /// A matrix as it lies in memory: `[depth, columns]` row-major.
  mutating func add(source: Int, depth: Int, columns: Int, taps: TapWeights? = nil) {
    let matrix = PackedMatrix(
      source: source, taps: taps, depthStride: columns, columnStride: 1, depth: depth, columns: columns, target: count,
      firstDepth: 0, totalDepth: depth, use: .forward)
    matrices.append(matrix)
    count += matrix.count(kernels)
  }

  /// The transpose `[columns, rows]` of a matrix `[rows, columns]`, for the gradient of a product's input.
  mutating func addTransposed(
    source: Int, rows: Int, columns: Int, use: PackedMatrix.Use, taps: TapWeights? = nil
  ) {
    addFlipped(source: source, kernelSize: 1, channels: rows, filters: columns, use: use, taps: taps)
  }

  /// A convolution kernel `[K, C, F]` for the gradient of its input: depth (tap, filter) with the taps reversed, columns channels.
  mutating func addFlipped(
    source: Int, kernelSize: Int, channels: Int, filters: Int, use: PackedMatrix.Use, taps: TapWeights? = nil
  ) {
    for tap in 0..<kernelSize {
      matrices.append(
        PackedMatrix(
          source: source + (kernelSize - 1 - tap) * channels * filters, taps: taps, depthStride: 1,
          columnStride: filters, depth: filters, columns: channels, target: count, firstDepth: tap * filters,
          totalDepth: kernelSize * filters, use: use))
    }
    count += kernels.packedCount(depth: kernelSize * filters, columns: channels)
  }
}

/// A part of packing the weights that one worker does in one go: about 16 K floats.
package struct PackingTask: Sendable {
  let layer: Int
  let matrix: PackedMatrix
  let depth: Range<Int>

  /// All tasks of packing a layer's matrix.
  static func tasks(layer: Int, _ matrix: PackedMatrix) -> [PackingTask] {
    let depthAtOnce = max(16, (16384 / max(matrix.columns, 1) + 15) / 16 * 16)
    return stride(from: 0, to: matrix.depth, by: depthAtOnce).map { first in
      PackingTask(layer: layer, matrix: matrix, depth: first..<min(first + depthAtOnce, matrix.depth))
    }
  }
}
