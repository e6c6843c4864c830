import Foundation
import Recordings
import Testing
import Windows
import _TestSupport

extension WindowSet {
  /// All readings, [N, T, C].
  var features: [Float] { (0..<count).flatMap { features(of: $0) } }
}

/// Converts a dataset and reads the store.
func store(of dataset: SmallDataset, threads: Int = 2) throws -> WindowStore {
  let path = dataset.directory.path("store.h5")
  let folder = try RecordingFolder(path: dataset.path)
  // The dataset's files go with it.
  return try withExtendedLifetime(dataset) {
    _ = try Conversion(folder: folder, storePath: path, threads: threads, overwrite: true).run()
    return try WindowStore.read(path: path)
  }
}

@Suite("Text becomes the nearest float")
struct ReadingTests {
  @Test func valuesLabelsAndPeopleLandWhereTheyBelong() throws {
    let dataset = try SmallDataset(train: 70, test: 3)
    let store = try store(of: dataset)
    #expect(store.train.count == 70)
    #expect(store.test.count == 3)
    #expect((store.train.timeSteps, store.train.channels) == (128, 9))
    let features = store.train.features
    for (row, step, channel) in [(0, 0, 0), (69, 127, 8), (64, 5, 3), (63, 100, 7)] {
      let value = features[(row * 128 + step) * 9 + channel]
      #expect(value == Float(SmallDataset.value(row, step, channel)))
    }
    #expect(store.train.labels == (0..<70).map { UInt8($0 % 6) })
    #expect(store.train.subjects == (0..<70).map { UInt8($0 % 30 + 1) })
    #expect(store.signalNames == SmallDataset.signals)
    #expect(store.activityNames.first == "WALKING")
    #expect(store.description.samplingRate == 50)
    #expect(!store.isSynthetic)
    let test = try withExtendedLifetime(dataset) { try WindowStore.read(.test, path: store.path) }
    #expect(test == store.test)
  }

  @Test func everyDecimalTextIsReadAsStrtodReadsIt() throws {
    let dataset = try SmallDataset(train: 60, test: 1)
    var texts = NumberTexts()
    var expected: [[Float]] = []
    for signal in SmallDataset.signals {
      var values: [Float] = []
      var lines: [String] = []
      for _ in 0..<60 {
        let fields = (0..<128).map { _ in texts.next() }
        values += fields.map { Float(strtod($0, nil)) }
        lines.append(fields.joined(separator: texts.separator()) + texts.endOfLine())
      }
      expected.append(values)
      try dataset.write(lines.joined(), to: SmallDataset.signalFile(signal, "train"))
    }
    let features = try store(of: dataset).train.features
    for channel in 0..<9 {
      for index in 0..<(60 * 128) where features[index * 9 + channel].bitPattern != expected[channel][index].bitPattern
      {
        Issue.record("\(features[index * 9 + channel]) instead of \(expected[channel][index])")
      }
    }
  }

  /// Longer ways to write a number, first in a line, within it and last.
  @Test(arguments: ["1.8085150e-0004", "1.8085150e-00000000004", "1.80851500000000000e-004", "00001.8085150e-4"])
  func longerSpellings(_ text: String) throws {
    let dataset = try SmallDataset()
    let file = SmallDataset.signalFile("total_acc_x", "train")
    for field in [0, 5, 127] {
      try dataset.edit(file, line: field == 0 ? 1 : field == 5 ? 2 : 3) { line in
        "\(line.prefix(field * 16))  \(text)\(line.dropFirst(field * 16 + 16))"
      }
    }
    let features = try store(of: dataset).train.features
    for (row, field) in [(0, 0), (1, 5), (2, 127)] {
      #expect(features[(row * 128 + field) * 9] == 1.8085150e-4)
    }
  }

  @Test(arguments: ["\r\n", " \n", "\t \r\n", "\n"])
  func endsOfLines(_ end: String) throws {
    let dataset = try SmallDataset()
    let expected = try store(of: dataset)
    for file in RecordingFolder.requiredFiles {
      try dataset.write(try dataset.read(file).replacing("\n", with: end), to: file)
    }
    let found = try store(of: dataset)
    #expect(found.train == expected.train)
    #expect(found.test == expected.test)
  }

  @Test(arguments: ["", "\n\n", "  \r\n \n"])
  func endsOfFiles(_ end: String) throws {
    let dataset = try SmallDataset(train: 64, test: 65)
    let expected = try store(of: dataset)
    for file in RecordingFolder.requiredFiles {
      try dataset.write(try dataset.read(file).dropLast() + end, to: file)
    }
    #expect(try store(of: dataset).test == expected.test)
  }

  @Test func numbersOfLinesAroundTheSizesOfGroupsAndRounds() throws {
    for count in [1, 63, 64, 65, 1023, 1024, 1025] {
      let store = try store(of: try SmallDataset(train: count, test: 1))
      #expect(store.train.count == count)
      #expect(store.train.features.last == Float(SmallDataset.value(count - 1, 127, 8)))
    }
  }

  @Test func syntheticFolderGivesSyntheticStore() throws {
    let dataset = try SmallDataset()
    try dataset.write("made up", to: RecordingFolder.syntheticMarker)
    let store = try store(of: dataset)
    #expect(store.isSynthetic)
    #expect(store.description.title.hasPrefix("SYNTHETIC"))
  }
}

/// Random and awkward numbers, as text.
private struct NumberTexts {
  private var random = SystemRandomNumberGenerator()
  private var edges =
    [
      "0", "-0", "+0.0", "1", "-1", ".5", "5.", "-.5e1", "1e22", "1e23", "9007199254740993", "9007199254740992",
      "9007199254740991e22", "3.4028234663852886e38", "1.1754943508222875e-38", "1e-45", "7e-46", "1e-400", "-1e-400",
      "0e999999999999", "0.000000000000000000000000000000000000001", "12345678901234567890", "1234567890123456789",
      "0.1234567890123456789012345678901234567890", "123456789012345678901234567890e-20", "8.5e-1", "1E+05", "1e+5",
      "00000000000000000000000001.5", "0.30000001192092896", "16777217", "1.00000005960464477539062500",
      "1.00000005960464477539062501", "9.9999999e+015", "9.9999999e-015", "9.9999999e-016", "9.9999999e+016",
      "1.0000000e-022", "0.0000000e+000", "1.0000000e+030", "1.2345678e-100",
    ]

  mutating func next() -> String {
    if let edge = edges.popLast() { return edge }
    let value = Double.random(in: -10...10, using: &random) * pow(10, Double(Int.random(in: -12...6, using: &random)))
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return "\(value)"
    case 1: return "\(Float(value))"
    case 2: return String(format: "%.\(Int.random(in: 0...25, using: &random))f", value)
    case 3: return String(format: "%.\(Int.random(in: 0...25, using: &random))E", value)
    case 4:
      // Halfway between two floats, and next to it: rounding twice must be what numpy does.
      let low = Float(value)
      let half = (Double(low) + Double(low.nextUp)) / 2
      return String(format: "%.17g", [half, half.nextUp, half.nextDown][Int.random(in: 0..<3, using: &random)])
    default: return SmallDataset.field(value)
    }
  }

  mutating func separator() -> String { [" ", "  ", "\t", " \t "].randomElement(using: &random) ?? " " }
  mutating func endOfLine() -> String { ["\n", "\r\n", "  \n"].randomElement(using: &random) ?? "\n" }
}
