import Recordings
import SystemSupport
import Windows
import Dispatch
import Synchronization

/// Writes a made-up dataset, which appears complete or not at all.
struct SyntheticDataset {
  let path: String
  let seed: UInt64
  /// Windows of each split.
  let trainCount: Int, testCount: Int

  /// Bytes of text written.
  func write(progress: (_ done: Int, _ all: Int) -> Void) throws(OutputError) -> Int {
    let output = try AtomicFile(path, kind: .folder, removesOnSignal: true)
    do throws(OutputError) {
      var bytes = 0
      var people = 0
      try writeNotes(to: output.temporaryPath)
      for split in DatasetSplit.allCases {
        let files = try SplitFiles(split, folder: output.temporaryPath, named: path)
        let numbers = Person.numbers(split)
        // A few people at a time, so that memory stays small; each has random numbers of their own, so that neither
        // the threads nor the order matter.
        for start in stride(from: 0, to: numbers.count, by: Self.peopleAtOnce) {
          let chosen = Array(numbers[start..<min(numbers.count, start + Self.peopleAtOnce)])
          for recordings in record(chosen, split) { bytes += try files.append(recordings) }
          people += chosen.count
          progress(people, 30)
        }
        try files.finish()
      }
      try output.commit()
      return bytes
    } catch {
      output.discard()
      throw error
    }
  }

  private static let peopleAtOnce = 4

  private func record(_ numbers: [Int], _ split: DatasetSplit) -> [PersonRecordings] {
    let results = Mutex<[PersonRecordings?]>(Array(repeating: nil, count: numbers.count))
    DispatchQueue.concurrentPerform(iterations: numbers.count) { index in
      let person = Person(number: numbers[index], seed: seed)
      let recordings = PersonRecordings(person, count: windows(of: numbers[index], split), seed: seed)
      results.withLock { $0[index] = recordings }
    }
    return results.withLock { $0.compactMap { $0 } }
  }

  /// Windows of one person: an even share of their split.
  private func windows(of number: Int, _ split: DatasetSplit) -> Int {
    let numbers = Person.numbers(split)
    let count = split == .train ? trainCount : testCount
    let index = numbers.firstIndex(of: number) ?? 0
    return count * (index + 1) / numbers.count - count * index / numbers.count
  }

  private func writeNotes(to folder: String) throws(OutputError) {
    let labels = RecordingFolder.uciActivityNames.enumerated().map { "\($0 + 1) \($1)\n" }.joined()
    try TextFile(folder: folder, "activity_labels.txt", named: path).writeAll(labels)
    try TextFile(folder: folder, RecordingFolder.syntheticMarker, named: path).writeAll(
      """
      SYNTHETIC RECORDINGS

      har-synthesize \(packageVersion) made these recordings up (seed \(seed), \(trainCount) training and \(testCount) test
      windows). Nobody wore a sensor. They have the layout and the text format of UCI's "Human Activity Recognition
      Using Smartphones", and nothing else of it: use them to try and test programs, not to learn about people.

      This file marks the folder as synthetic. har-convert looks for it and marks the store; leave it here.

      """)
  }
}
