/// Where a training step's windows come from: memory as it is, augmented, or streamed.
package protocol WindowSource: Sendable {
  /// N, the number of windows.
  var count: Int { get }
  /// T, readings in a window.
  var timeSteps: Int { get }
  /// C, signals in a reading.
  var channels: Int { get }
  /// The activity of each window, counted from 0, [N].
  var labels: [UInt8] { get }
  /// The person of each window, [N].
  var subjects: [UInt8] { get }
  /// Floats of scratch memory that a draw needs.
  var scratchCount: Int { get }
  /// What brings the windows into memory before they are drawn; nil where all are there.
  var stream: (any WindowStream)? { get }
  /// Writes one window, [T, C], to `target`. Several threads may draw at once, each with scratch memory of its own.
  func draw(_ draw: WindowDraw, into target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>)
}

extension WindowSource {
  /// Floats of a window, T · C.
  package var windowCount: Int { timeSteps * channels }
  /// Where all windows are in memory.
  package var stream: (any WindowStream)? { nil }
}

/// Which window is drawn, and all that its random numbers may depend on.
package struct WindowDraw: Sendable {
  package var index: Int
  package var key: (UInt32, UInt32)
  package var epoch: Int
  /// The window's place in the epoch's order.
  package var position: Int

  package init(index: Int, key: (UInt32, UInt32), epoch: Int, position: Int) {
    self.index = index
    self.key = key
    self.epoch = epoch
    self.position = position
  }
}
