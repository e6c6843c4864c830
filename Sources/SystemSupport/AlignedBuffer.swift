/// Floats that start on a cache line (large ones on a huge page) and have a vector of slack behind the last.
///
/// `@unchecked Sendable`: the class only owns memory, and kernels get the bare address. Whoever shares a buffer between
/// threads sees to it that each part is written by one of them, and read by others only after they have met.
package final class AlignedBuffer: @unchecked Sendable {
  /// Floats asked for.
  package let count: Int
  package let address: UnsafeMutablePointer<Float>

  /// Zeroed memory for `count` floats. Pages are taken from the system when first touched.
  package init(count: Int) {
    precondition(count >= 0)
    self.count = count
    let bytes = (count + 64) * MemoryLayout<Float>.stride
    // Zeroed pages straight from the system for what is large; the rest is cleared here.
    let alignment = bytes >= 4 << 20 ? 2 << 20 : 64
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, alignment, bytes) == 0, let raw else {
      // Nobody can go on without it, and nothing that is half done is in the way of another try.
      StandardError.writeLine("out of memory: \(bytes) bytes were asked for and are not to be had")
      exit(ExitStatus.system.rawValue)
    }
    #if os(Linux)
      if alignment > 64 { madvise(raw, bytes, MADV_HUGEPAGE) }
    #endif
    memset(raw, 0, bytes)
    address = raw.bindMemory(to: Float.self, capacity: count + 64)
  }

  deinit { free(address) }

  /// A copy of the floats.
  package var array: [Float] { Array(UnsafeBufferPointer(start: address, count: count)) }

  /// Writes an array to the buffer's start.
  package func write(_ values: [Float]) {
    precondition(values.count <= count)
    values.withUnsafeBufferPointer { values in
      if let first = values.baseAddress { address.update(from: first, count: values.count) }
    }
  }
}
