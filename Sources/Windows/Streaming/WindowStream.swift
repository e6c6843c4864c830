/// What brings windows into memory in the order of an epoch, ahead of those who draw them.
package protocol WindowStream: Sendable {
  /// Ranges of windows that are read at once.
  var blocks: [Range<Int>] { get }
  /// Windows that are taken together, as many blocks as they fill.
  var poolWindows: Int { get }
  /// Why a window can't be had; nil where nothing has gone wrong.
  var failure: StoreError? { get }

  /// Begins an epoch at a position of its order, of which up to a number are wanted at once.
  func begin(_ order: EpochOrder, from position: Int, windowsAtOnce: Int)
  /// Waits until the windows at some positions are there; those before will not be drawn any more.
  ///
  /// - Returns: false where they can't be had.
  func wait(for positions: Range<Int>) -> Bool
  /// Ends the epoch, at its end or before.
  func end()
}
