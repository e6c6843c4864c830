#if canImport(Glibc)
  import Glibc
#endif

/// Floats that start on a cache line (large ones on a huge page) and have a vector of slack behind the last.
///
/// The owner decides which thread touches which part; kernels get the bare address.
/// `@unchecked Sendable`: the class only owns memory. Each part of a buffer is written by one worker between two of the
/// barriers of `StepEngine`, and read by others only after the next barrier.
public final class AlignedBuffer: @unchecked Sendable {
  /// Floats asked for.
  public let count: Int
  /// The first float.
  public let address: UnsafeMutablePointer<Float>

  /// Zeroed memory for `count` floats. Pages are taken from the system when first touched.
  public init(count: Int) {
    precondition(count >= 0)
    self.count = count
    let bytes = (count + 64) * MemoryLayout<Float>.stride
    // Zeroed pages straight from the system for what is large; the rest is cleared here.
    let alignment = bytes >= 4 << 20 ? 2 << 20 : 64
    var raw: UnsafeMutableRawPointer?
    precondition(posix_memalign(&raw, alignment, bytes) == 0, "out of memory")
    #if os(Linux)
      if alignment > 64 { madvise(raw, bytes, MADV_HUGEPAGE) }
    #endif
    memset(raw!, 0, bytes)
    address = raw!.bindMemory(to: Float.self, capacity: count + 64)
  }

  deinit { free(address) }

  /// A copy of the floats.
  public var array: [Float] { Array(UnsafeBufferPointer(start: address, count: count)) }

  /// Writes an array to the buffer's start.
  public func write(_ values: [Float]) {
    precondition(values.count <= count)
    values.withUnsafeBufferPointer { address.update(from: $0.baseAddress!, count: $0.count) }
  }
}
