internal import SystemSupport

/// A buffer for each worker, made and first touched by that worker, so that its pages lie near the core that uses them.
package struct WorkerMemory: Sendable {
  private let count: Int
  private let buffers: SharedSlots<AlignedBuffer?>

  /// Buffers of `count` floats for up to `workers` workers, none of them made yet.
  package init(count: Int, workers: Int) {
    self.count = count
    buffers = SharedSlots(repeating: nil, count: workers)
  }

  /// Memory for a team of at least a size, with the buffers that are there.
  package func resized(workers: Int) -> WorkerMemory {
    guard workers > buffers.count else { return self }
    let memory = WorkerMemory(count: count, workers: workers)
    for worker in 0..<buffers.count { memory.buffers[worker] = buffers[worker] }
    return memory
  }

  package var workers: Int { buffers.count }

  /// The worker's buffer; the first call makes it.
  package subscript(worker: Int) -> UnsafeMutablePointer<Float> {
    if let buffer = buffers[worker] { return buffer.address }
    let buffer = AlignedBuffer(count: count)
    buffers[worker] = buffer
    return buffer.address
  }
}
