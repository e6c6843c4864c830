import ArgumentParser

/// Numbers of threads, processes or windows, separated by commas; ascending, each once.
struct CountList: ExpressibleByArgument {
  let counts: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, !numbers.isEmpty, numbers.allSatisfy({ (1...65536).contains($0) }) else {
      return nil
    }
    counts = Set(numbers).sorted()
  }

  init(_ counts: [Int]) { self.counts = counts }

  var defaultValueDescription: String { counts.map(String.init).joined(separator: ",") }

  /// 1, 2, 4 … up to the cores.
  static func upTo(_ cores: Int) -> CountList {
    CountList(Set(sequence(first: 1) { $0 * 2 <= cores ? $0 * 2 : nil } + [cores]).sorted())
  }

  /// Refuses more threads than any machine has.
  func requireThreads() throws { try require(atMost: 1024, option: "--threads") }

  /// Refuses numbers that are too large for what they count.
  func require(atMost most: Int, option: String) throws {
    if let last = counts.last, last > most {
      throw ValidationError("\(option) must hold numbers from 1 to \(most), found \(last).")
    }
  }
}
