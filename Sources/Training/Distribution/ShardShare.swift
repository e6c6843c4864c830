/// The shards of a minibatch that fall to one of several processes: contiguous, so that a sum over all is a chain from one process to
/// the next.
struct ShardShare: Equatable {
  /// The process's shards; none for the last processes where there are more of them than shards.
  let shards: Range<Int>
  /// How many processes have any.
  let active: Int

  /// Equal shares, one shard more for the first processes where it doesn't divide.
  init(rank: Int, count: Int, shards: Int) {
    let (least, more) = shards.quotientAndRemainder(dividingBy: count)
    let first = rank * least + min(rank, more)
    self.shards = first..<first + least + (rank < more ? 1 : 0)
    active = min(shards, count)
  }

  /// The most shards of any process.
  static func most(count: Int, shards: Int) -> Int { (shards + count - 1) / count }
}
