import Dispatch
import SystemSupport

/// What this processor does at most: independent fused multiply-adds on registers, as a product tile has them but without
/// any memory.
package enum PeakMeasurement {
  /// Billions of floating-point operations per second on one core, best of several.
  package static func gigaflops(of set: KernelSet, repetitions: Int = 20) -> Double {
    let depth = 64
    let columns = set.table.panelVectors * set.table.width
    let a = AlignedBuffer(count: 4 * depth)
    let b = AlignedBuffer(count: depth * columns)
    let c = AlignedBuffer(count: 4 * columns)
    var arguments = ProductArguments(
      rows: 4, columns: columns, depth: depth, a: a.address, aRowStride: depth, b: b.address, c: c.address,
      cRowStride: columns)
    // The same few lines of A and B again and again, many segments in one call: nothing leaves the first-level cache and
    // the tile is never stored.
    arguments.segments = 400
    arguments.bDepthStride = columns
    var best = 0.0
    for _ in 0..<repetitions {
      let start = DispatchTime.now().uptimeNanoseconds
      set.table.product(arguments)
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      best = max(best, 2 * 4 * Double(columns * depth * arguments.segments) / seconds * 1e-9)
    }
    return best
  }
}
