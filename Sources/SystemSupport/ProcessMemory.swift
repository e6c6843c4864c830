internal import CPlatform

/// What the process does with memory that it no longer needs.
package enum ProcessMemory {
  /// Gives large blocks back to the system at once, so that a long training's size stays what it was.
  package static func returnLargeBlocks() { platform_return_large_blocks() }
}
