import Communication
import Dispatch
import StepModel

/// What messages between two processes of one machine cost, by messages there and back.
package enum NetworkMeasurement {
  /// Measured between the first two processes; all must call it, and all but the first two do nothing.
  package static func network(_ communicator: any Communicator) -> NetworkModel {
    guard communicator.rank < 2 else { return .free }
    // As large as a slice of the gradient.
    let (small, large) = (8, 32768)
    let there = roundTrip(communicator, bytes: small)
    let back = roundTrip(communicator, bytes: large)
    let latency = there.seconds / 2
    // Between processes of one machine, their cores do all of the copying.
    return NetworkModel(
      latency: latency, bandwidth: .infinity, overhead: there.overhead,
      copying: max(0, back.seconds / 2 - latency) / Double(large - small))
  }

  /// The median time of a message there and back, and what it takes to begin and end a message on one side.
  private static func roundTrip(_ communicator: any Communicator, bytes: Int) -> (seconds: Double, overhead: Double) {
    // As many as slices of a network, so that no cache has them all.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 * bytes, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    defer { memory.deallocate() }
    let transfers = communicator.makeTransfers(count: 2)
    let other = 1 - communicator.rank
    var times: [Double] = []
    var overheads: [Double] = []
    for turn in 0..<511 {
      let place = turn % 128 * bytes
      let buffer = UnsafeMutableRawBufferPointer(rebasing: memory[place..<place + bytes])
      let start = DispatchTime.now().uptimeNanoseconds
      var begun = start
      if communicator.rank == 0 {
        transfers.send(0, UnsafeRawBufferPointer(buffer), to: other, tag: .gradient)
        while !transfers.isDone(0) {}
        begun = DispatchTime.now().uptimeNanoseconds
      }
      transfers.receive(1, buffer, from: other, tag: .gradient)
      while !transfers.isDone(1) {}
      if communicator.rank == 1 {
        transfers.send(0, UnsafeRawBufferPointer(buffer), to: other, tag: .gradient)
        while !transfers.isDone(0) {}
      }
      times.append(Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
      overheads.append(Double(begun - start) * 1e-9)
    }
    return (median(times), median(overheads))
  }
}
