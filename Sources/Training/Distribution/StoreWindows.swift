internal import Synchronization
package import Windows

/// The windows of a store, as recipes divide them; those of both splits together are made once.
package final class StoreWindows: Sendable {
  let train: WindowSet
  let test: WindowSet
  private let joined = Mutex<WindowSet?>(nil)

  package init(train: WindowSet, test: WindowSet) {
    self.train = train
    self.test = test
  }

  /// The training windows and then the test windows.
  var all: WindowSet {
    joined.withLock { joined in
      let all = joined ?? train.joined(with: test)
      joined = all
      return all
    }
  }
}
