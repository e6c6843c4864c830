import Dispatch

/// What this processor does at most: independent fused multiply-adds on registers, as a product tile has them but without
/// any memory.
public struct PeakMeasurement {
  /// Billions of floating-point operations a second on one core, best of several.
  public static func gigaflops(of set: KernelSet, repetitions: Int = 20) -> Double {
    let steps = 64
    let width = set.table.width
    let columns = min(set.table.panelVectors, width == 16 ? 5 : set.table.panelVectors) * width
    let a = AlignedBuffer(count: 4 * steps)
    let b = AlignedBuffer(count: steps * columns)
    let c = AlignedBuffer(count: 4 * columns)
    var arguments = ProductArguments(
      rows: 4, columns: columns, steps: steps, a: a.address, aRowStride: steps, b: b.address, c: c.address,
      cRowStride: columns)
    // The same few lines of A and B again and again, many segments in one call: nothing leaves the first-level cache and
    // the tile is never stored.
    arguments.segments = 400
    arguments.bStepStride = columns
    var best = 0.0
    for _ in 0..<repetitions {
      let start = DispatchTime.now().uptimeNanoseconds
      set.table.product(arguments)
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      best = max(best, 2 * 4 * Double(columns * steps * arguments.segments) / seconds * 1e-9)
    }
    return best
  }
}
