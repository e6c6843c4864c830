internal import SystemSupport
internal import Windows

/// How many neighbouring windows of a person share readings.
///
/// Recordings are commonly cut into windows that each begin in the middle of the one before. Two such windows are no independent
/// examples, so that cross-validation which draws windows at random tests on readings that it learnt from.
struct WindowOverlap {
  /// Neighbouring rows of the same person.
  private(set) var consecutivePairs = 0
  /// Those of which the last T / 2 time steps of the first (rounded down) are, bit for bit, the first ones of the second.
  private(set) var overlappingPairs = 0

  init(_ windows: WindowSet) {
    let half = windows.timeSteps / 2
    let bytes = half * windows.channels * MemoryLayout<Float>.stride
    for row in 0..<max(0, windows.count - 1) where windows.subjects[row] == windows.subjects[row + 1] {
      consecutivePairs += 1
      let end = windows.window(row) + (windows.timeSteps - half) * windows.channels
      if half > 0, memcmp(end, windows.window(row + 1), bytes) == 0 { overlappingPairs += 1 }
    }
  }
}
