internal import SystemSupport
package import Windows

/// Windows that are equal to another, bit for bit in all their readings.
package struct WindowDuplicates: Encodable, Sendable, Equatable {
  package struct Pair: Encodable, Sendable, Equatable {
    /// Row of the window.
    package let window: Int
    /// The first row that it is equal to.
    package let equals: Int

    package init(window: Int, equals: Int) {
      self.window = window
      self.equals = equals
    }
  }

  /// How many pairs are kept as examples.
  package static let exampleCount = 5

  /// Windows that are equal to an earlier one of their split (`pandas.DataFrame.duplicated`), or to one of the other split.
  package private(set) var windows = 0
  /// Those of them that have another activity than the first window that they are equal to.
  package private(set) var withAnotherActivity = 0
  package private(set) var examples: [Pair] = []

  fileprivate mutating func add(_ pair: Pair, isOtherActivity: Bool) {
    windows += 1
    if isOtherActivity { withAnotherActivity += 1 }
    if examples.count < Self.exampleCount { examples.append(pair) }
  }
}

/// Duplicates within the splits, and windows of test that are in train.
package struct DuplicateSummary: Encodable, Sendable, Equatable {
  package private(set) var train = WindowDuplicates()
  package private(set) var test = WindowDuplicates()
  /// `window` is a row of test, `equals` one of train.
  package private(set) var between = WindowDuplicates()

  /// - Parameter hash: of a window's bytes; results do not depend on it.
  package init(train: WindowSet, test: WindowSet, hash: (UnsafeRawBufferPointer) -> Int = Self.hash) {
    let known = WindowIndex(train, hash: hash) { self.train.add($0, isOtherActivity: $1) }
    _ = WindowIndex(test, hash: hash) { self.test.add($0, isOtherActivity: $1) }
    guard (train.timeSteps, train.channels) == (test.timeSteps, test.channels) else { return }
    for row in 0..<test.count {
      guard let first = known.firstRow(equalTo: row, of: test, hash: hash) else { continue }
      between.add(.init(window: row, equals: first), isOtherActivity: test.labels[row] != train.labels[first])
    }
  }

  /// SipHash with a key that is drawn when the process starts: nobody can make a store whose windows all collide.
  package static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: bytes)
    return hasher.finalize()
  }
}

/// The first row of each content, found by hash and then compared.
private struct WindowIndex {
  private let windows: WindowSet
  private var heads: [Int: Int] = [:]
  /// Behind a row, the next one of the same hash and another content.
  private var next: [Int: Int] = [:]

  /// Adds all windows, and calls `found` with each that is there already.
  init(
    _ windows: WindowSet, hash: (UnsafeRawBufferPointer) -> Int,
    found: (_ pair: WindowDuplicates.Pair, _ isOtherActivity: Bool) -> Void
  ) {
    self.windows = windows
    heads.reserveCapacity(windows.count)
    for row in 0..<windows.count {
      let key = hash(windows.bytes(row))
      guard let head = heads[key] else {
        heads[key] = row
        continue
      }
      let (first, last) = walk(from: head, to: row, of: windows)
      if let first {
        found(.init(window: row, equals: first), windows.labels[row] != windows.labels[first])
      } else {
        next[last] = row
      }
    }
  }

  /// The first row that holds what a row of another set holds.
  func firstRow(equalTo row: Int, of other: WindowSet, hash: (UnsafeRawBufferPointer) -> Int) -> Int? {
    heads[hash(other.bytes(row))].flatMap { walk(from: $0, to: row, of: other).equal }
  }

  private func walk(from head: Int, to row: Int, of other: WindowSet) -> (equal: Int?, last: Int) {
    let sought = other.bytes(row)
    var last = head
    while true {
      let here = windows.bytes(last)
      if let a = here.baseAddress, let b = sought.baseAddress, memcmp(a, b, sought.count) == 0 { return (last, last) }
      guard let following = next[last] else { return (nil, last) }
      last = following
    }
  }
}

extension WindowSet {
  /// The memory of a window.
  fileprivate func bytes(_ row: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(UnsafeBufferPointer(start: window(row), count: windowCount))
  }
}
