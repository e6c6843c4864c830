import ArgumentParser

/// Numbers of threads, separated by commas.
struct ThreadList: ExpressibleByArgument {
  let counts: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, !numbers.isEmpty, numbers.allSatisfy({ (1...1024).contains($0) }) else {
      return nil
    }
    counts = Set(numbers).sorted()
  }

  init(_ counts: [Int]) { self.counts = counts }

  var defaultValueDescription: String { counts.map(String.init).joined(separator: ",") }

  /// 1, 2, 4 … up to the cores.
  static func upTo(_ cores: Int) -> ThreadList {
    ThreadList(Set(sequence(first: 1) { $0 * 2 <= cores ? $0 * 2 : nil } + [cores]).sorted())
  }
}
