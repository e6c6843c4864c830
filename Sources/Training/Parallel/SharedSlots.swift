/// Memory for one value per unit or per worker, which those write without a lock.
///
/// `@unchecked Sendable`: the address never changes, every slot is written by the one unit or worker that it belongs to, and others read it
/// behind a barrier.
package final class SharedSlots<Element>: @unchecked Sendable {
  private let slots: UnsafeMutableBufferPointer<Element>

  package init(repeating value: Element, count: Int) {
    slots = .allocate(capacity: count)
    slots.initialize(repeating: value)
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }

  package var count: Int { slots.count }

  /// The slots as they lie in memory.
  var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(slots) }

  package subscript(index: Int) -> Element {
    get { slots[index] }
    set { slots[index] = newValue }
  }
}
