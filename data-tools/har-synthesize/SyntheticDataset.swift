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
        let pieces = pieces(split)
        // A few pieces at a time, so that memory stays small; each stretch has random numbers of its own, so that neither the
        // threads nor the order matter.
        for start in stride(from: 0, to: pieces.count, by: Self.piecesAtOnce) {
          let chosen = Array(pieces[start..<min(pieces.count, start + Self.piecesAtOnce)])
          for recordings in record(chosen) { bytes += try files.append(recordings) }
          people += chosen.count(where: \.isLast)
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

  /// Some stretches of one person.
  private struct Piece {
    let person: Person
    let stretches: ArraySlice<Stretch>
    /// Whether the person has no others.
    let isLast: Bool
  }

  /// Up to 320 windows, or 6 MB of text, each.
  private static let stretchesPerPiece = 16
  private static let piecesAtOnce = 16

  private func pieces(_ split: DatasetSplit) -> [Piece] {
    Person.numbers(split).flatMap { number in
      let person = Person(number: number, seed: seed)
      let stretches = Stretch.all(of: person, count: windows(of: number, split))
      return stride(from: 0, to: stretches.count, by: Self.stretchesPerPiece).map { first in
        let end = min(first + Self.stretchesPerPiece, stretches.count)
        return Piece(person: person, stretches: stretches[first..<end], isLast: end == stretches.count)
      }
    }
  }

  private func record(_ pieces: [Piece]) -> [PersonRecordings] {
    let results = Mutex<[PersonRecordings?]>(Array(repeating: nil, count: pieces.count))
    DispatchQueue.concurrentPerform(iterations: pieces.count) { index in
      let recordings = PersonRecordings(pieces[index].person, pieces[index].stretches, seed: seed)
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
