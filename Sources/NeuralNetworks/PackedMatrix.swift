import Kernels

/// A part of a layer's parameters as a packed matrix B `[steps, columns]` of a product.
///
/// Layers state what they need; `PackedWeights` carries it out, in parts, by whichever worker is free.
public struct PackedMatrix: Sendable {
  /// The first parameter, counted from the layer's first, and the strides of steps and columns.
  public var source: Int
  /// The distance of two steps in the parameters.
  public var stepStride: Int
  /// The distance of two columns in the parameters.
  public var columnStride: Int
  /// Steps (rows of B).
  public var steps: Int
  /// Columns.
  public var columns: Int
  /// The packed matrix, counted from the layer's first packed float, and where these steps stand in it.
  public var target: Int
  /// Where these steps stand in the packed matrix.
  public var firstStep: Int
  /// Steps of the packed matrix.
  public var totalSteps: Int
  /// Whether only the backward pass needs it.
  public var isForTraining: Bool

  /// Floats of the whole packed matrix.
  func count(_ kernels: KernelSet) -> Int { kernels.packedCount(steps: totalSteps, columns: columns) }

  /// Packs `range` of the steps.
  func pack(
    _ kernels: KernelSet, steps range: Range<Int>, parameters: UnsafePointer<Float>,
    into packed: UnsafeMutablePointer<Float>
  ) {
    kernels.pack(
      parameters + source + range.lowerBound * stepStride, stepStride: stepStride, columnStride: columnStride,
      steps: range.count, columns: columns, into: packed + target, firstStep: firstStep + range.lowerBound,
      totalSteps: totalSteps)
  }
}

/// Collects a layer's packed matrices one behind the other.
struct PackedLayoutBuilder {
  let kernels: KernelSet
  private(set) var matrices: [PackedMatrix] = []
  private(set) var count = 0

  init(_ kernels: KernelSet) { self.kernels = kernels }

  /// A matrix as it lies in memory: `[steps, columns]` row-major.
  mutating func add(source: Int, steps: Int, columns: Int) {
    append(
      PackedMatrix(
        source: source, stepStride: columns, columnStride: 1, steps: steps, columns: columns, target: count,
        firstStep: 0, totalSteps: steps, isForTraining: false))
  }

  /// The transpose `[columns, rows]` of a matrix `[rows, columns]`, for the gradient of a product's input.
  mutating func addTransposed(source: Int, rows: Int, columns: Int) {
    append(
      PackedMatrix(
        source: source, stepStride: 1, columnStride: columns, steps: columns, columns: rows, target: count,
        firstStep: 0, totalSteps: columns, isForTraining: true))
  }

  /// A convolution kernel `[K, C, F]` for the gradient of its input: steps (tap, filter) with the taps reversed, columns channels.
  mutating func addFlipped(source: Int, kernelSize: Int, channels: Int, filters: Int) {
    let target = count
    for tap in 0..<kernelSize {
      matrices.append(
        PackedMatrix(
          source: source + (kernelSize - 1 - tap) * channels * filters, stepStride: 1, columnStride: filters,
          steps: filters, columns: channels, target: target, firstStep: tap * filters,
          totalSteps: kernelSize * filters, isForTraining: true))
    }
    count += kernels.packedCount(steps: kernelSize * filters, columns: channels)
  }

  private mutating func append(_ matrix: PackedMatrix) {
    matrices.append(matrix)
    count += matrix.count(kernels)
  }
}
