internal import Communication
internal import NeuralNetworks
internal import SystemSupport

/// What the shards of all processes come to, in the order of the shards, and whether any process was asked to stop, or can't read its
/// windows: all of them end after the same step.
///
/// `@unchecked Sendable`: the team's leader alone uses it.
final class MetricsExchange: @unchecked Sendable {
  /// One process's part: its shards, and a last entry that counts requests to stop and windows that can't be read.
  private let own: SharedSlots<BatchMetrics>
  private let all: SharedSlots<BatchMetrics>
  private let communicator: any Communicator
  private(set) var isStopRequested = false
  private(set) var isUnreadable = false

  /// - Parameter mostShards: the most shards that any process has.
  init(_ communicator: any Communicator, mostShards: Int) {
    self.communicator = communicator
    own = SharedSlots(repeating: BatchMetrics(), count: mostShards + 1)
    all = SharedSlots(repeating: BatchMetrics(), count: (mostShards + 1) * communicator.count)
  }

  /// Adds all shards' metrics to a sum, as one process would.
  func add(
    _ metrics: SharedSlots<BatchMetrics>, shards: Int, isStopRequested: Bool, isUnreadable: Bool,
    to sum: inout BatchMetrics
  ) {
    let share = ShardShare(rank: communicator.rank, count: communicator.count, shards: shards)
    for shard in 0..<share.shards.count { own[shard] = metrics[shard] }
    var request = BatchMetrics()
    request.correct = isStopRequested ? 1 : 0
    request.loss = isUnreadable ? 1 : 0
    own[own.count - 1] = request
    communicator.gather(UnsafeRawBufferPointer(own.bytes), into: all.bytes)
    var requests = BatchMetrics()
    for rank in 0..<communicator.count {
      let first = rank * own.count
      let share = ShardShare(rank: rank, count: communicator.count, shards: shards)
      for shard in 0..<share.shards.count { sum += all[first + shard] }
      requests += all[first + own.count - 1]
    }
    self.isStopRequested = requests.correct > 0
    self.isUnreadable = requests.loss > 0
  }
}
