package import Kernels
import SystemSupport

/// A kernel at a size that the networks really have, for a shard of four windows: what is run again and again to be measured.
package struct KernelWorkload: Sendable {
  /// In tables and thresholds.
  package let name: String
  private let make: @Sendable (KernelSet) -> () -> Void

  /// One call of the kernel, on memory that it keeps.
  package func prepared(_ set: KernelSet) -> () -> Void { make(set) }

  package static let all: [KernelWorkload] =
    [
      product("lstm step", rows: 4, depth: 109, columns: 400),
      product("lstm hidden gradient", rows: 4, depth: 400, columns: 100),
      product("cnn-lstm convolution", rows: 4 * 112, depth: 192, columns: 64),
      product("cnn-lstm input", rows: 16, depth: 896, columns: 400),
      product("conv-lstm recurrent", rows: 120, depth: 192, columns: 256),
      product("conv-lstm dense", rows: 4, depth: 1920, columns: 100),
    ] + [columnSums] + ElementFunction.allCases.map(element) + [adam(count: 54_720)]

  /// C `[rows, columns]` = A · B over `depth`.
  private static func product(_ name: String, rows: Int, depth: Int, columns: Int) -> KernelWorkload {
    KernelWorkload(name: "product \(name)") { set in
      let columns = set.paddedColumns(columns)
      let a = AlignedBuffer(count: rows * depth)
      let b = AlignedBuffer(count: set.packedCount(depth: depth, columns: columns))
      let c = AlignedBuffer(count: rows * columns)
      return {
        set.table.product(
          ProductArguments(
            rows: rows, columns: columns, depth: depth, a: a.address, aRowStride: depth, b: b.address, c: c.address,
            cRowStride: columns))
      }
    }
  }

  /// The bias's gradient of the convolutional LSTM: 4 windows × 4 steps of 30 positions.
  private static let columnSums = KernelWorkload(name: "column sums conv-lstm") { set in
    let (columns, segments, depth) = (256, 16, 30)
    let b = AlignedBuffer(count: segments * depth * columns)
    let sum = AlignedBuffer(count: columns)
    return {
      set.table.columnSums(
        ColumnSumArguments(
          columns: columns, segments: segments, depth: depth, b: b.address, bSegmentStride: depth * columns,
          bDepthStride: columns, sum: sum.address))
    }
  }

  private static func element(_ function: ElementFunction) -> KernelWorkload {
    KernelWorkload(name: "\(function)") { set in
      let x = AlignedBuffer(count: 400)
      let y = AlignedBuffer(count: 400)
      for index in 0..<400 { x.address[index] = Float(index % 100 - 50) * 0.08 }
      return { set.table.activate(function, x.address, y.address, 400) }
    }
  }

  /// An update of as many parameters as the LSTM has.
  private static func adam(count: Int) -> KernelWorkload {
    KernelWorkload(name: "adam") { set in
      let buffers = (0..<4).map { _ in AlignedBuffer(count: count) }
      for index in 0..<count { buffers[3].address[index] = Float(index % 100 - 50) * 0.01 }
      return {
        set.table.adam(
          AdamArguments(
            count: count, parameters: buffers[0].address, firstMoment: buffers[1].address,
            secondMoment: buffers[2].address, gradient: buffers[3].address, gradientScale: 1, stepSize: 0.001,
            beta1: 0.9, beta2: 0.999, epsilon: 1e-7))
      }
    }
  }
}
