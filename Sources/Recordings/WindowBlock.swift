/// Memory for the windows of one round, which several threads fill at once.
///
/// `@unchecked Sendable`: the pointer never changes, and every task writes the windows of its own rows only, which no
/// other task reads before all tasks of the round have ended.
final class WindowBlock: @unchecked Sendable {
  /// Values of one window: time steps × channels.
  let valuesPerWindow: Int
  let capacity: Int
  private let values: UnsafeMutablePointer<Float>

  init(capacity: Int, valuesPerWindow: Int) {
    self.capacity = capacity
    self.valuesPerWindow = valuesPerWindow
    values = .allocate(capacity: capacity * valuesPerWindow)
    values.initialize(repeating: 0, count: capacity * valuesPerWindow)
  }

  deinit { values.deallocate() }

  /// The first value of a window.
  func window(_ index: Int) -> UnsafeMutablePointer<Float> {
    precondition(0 <= index && index < capacity)
    return values + index * valuesPerWindow
  }

  /// The values of the first `count` windows.
  func values(count: Int) -> UnsafeBufferPointer<Float> {
    precondition(0 <= count && count <= capacity)
    return UnsafeBufferPointer(start: values, count: count * valuesPerWindow)
  }
}
