/// The order in which an epoch takes windows that are streamed.
package struct EpochOrder: Sendable, Equatable {
  /// Blocks whose windows are in memory, and taken, together.
  package struct Pool: Sendable, Equatable {
    /// The places in the order that its windows have.
    package let positions: Range<Int>
    /// Ranges of windows that are read at once, one after the other.
    package let blocks: [Range<Int>]

    package init(positions: Range<Int>, blocks: [Range<Int>]) {
      self.positions = positions
      self.blocks = blocks
    }
  }

  /// The windows in their order, [N].
  package let windows: [Int32]
  /// One behind the other.
  package let pools: [Pool]

  package init(windows: [Int32], pools: [Pool]) {
    self.windows = windows
    self.pools = pools
  }
}
