internal import Kernels
internal import NeuralNetworks

/// The order in which an epoch takes the training windows.
package enum EpochOrder {
  /// Fisher & Yates's shuffle, drawn from the stream of the epoch.
  package static func permutation(count: Int, key: (UInt32, UInt32), epoch: Int) -> [Int32] {
    var generator = PhiloxGenerator(key: key, stream: (RandomPurpose.shuffle, UInt32(epoch), 0))
    var order = (0..<Int32(count)).map { $0 }
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, generator.nextIndex(below: i + 1)) }
    return order
  }
}
