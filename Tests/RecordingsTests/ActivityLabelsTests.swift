import Recordings
import Testing
import Windows
import _TestSupport

@Suite("Activities are those that the recordings name")
struct ActivityLabelsTests {
  let dataset: SmallDataset
  private static let file = "activity_labels.txt"

  init() throws { dataset = try SmallDataset(train: 12, test: 6) }

  @Test func otherNamesInAnyOrder() throws {
    try dataset.write(
      "2 lying down\r\n1\tstanding still\r\n 3  Gehen für zwei\r\n5 e\n4 d\n6 f\n\n  \n", to: Self.file)
    let store = try store(of: dataset)
    #expect(store.activityNames == ["standing still", "lying down", "Gehen für zwei", "d", "e", "f"])
    // The labels stay those of the files, counted from 0.
    #expect(store.train.labels == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
  }

  @Test func moreActivitiesThanSix() throws {
    try dataset.write((1...255).map { "\($0) activity \($0)\n" }.joined(), to: Self.file)
    try dataset.edit("train/y_train.txt", line: 3) { _ in "255" }
    let store = try store(of: dataset)
    #expect(store.activityNames.count == 255)
    #expect(store.train.labels[2] == 254)
  }

  @Test func fewerActivitiesThanLabels() throws {
    try dataset.write("1 a\n2 b\n3 c\n", to: Self.file)
    let error = #expect(throws: ConversionError.self) { try store(of: dataset) }
    #expect(
      error?.message == "\(dataset.path)/train/y_train.txt:4:1: found \"4\", expected a whole number from 1 to 3")
  }

  @Test(arguments: [
    ("1 a\nx b\n", ":2: found \"x\", expected a whole number from 1 to 255 and a name"),
    ("0 a\n1 b\n", ":1: found \"0\", expected a whole number from 1 to 255 and a name"),
    ("1 a\n256 b\n", ":2: found \"256\", expected a whole number from 1 to 255 and a name"),
    ("1 a\n2 \n", ":2: found no name behind 2, expected a whole number from 1 to 255 and a name"),
    ("1 a\n\n2 b\n", ":2: found an empty line, expected a whole number from 1 to 255 and a name"),
    ("1 a\n2 a\n", ":2: found \"a\" twice, expected each name once"),
    ("1 a\n1 b\n", ":2: found 1 twice, expected each number once"),
    ("1 a\n3 b\n", ": found no activity 2, expected the numbers 1 to 2"),
    ("1 a\n", ": found 1 line, expected 2 to 255, one for each activity"),
    ("", ": found 0 lines, expected 2 to 255, one for each activity"),
    ("1 a\n2 \u{1b}[2Jb\n", ":2: found unprintable characters in \"\\u{1B}[2Jb\", expected a printable name"),
    ("1 a\n2 \u{2028}b\n", ":2: found unprintable characters in \"\\u{2028}b\", expected a printable name"),
  ])
  func wrongLines(_ text: String, _ message: String) throws {
    try dataset.write(text, to: Self.file)
    let error = #expect(throws: ConversionError.self) { try store(of: dataset) }
    #expect(error?.message == "\(dataset.path)/\(Self.file)\(message)")
    #expect(error?.exitStatus == .data)
  }

  @Test func noFileAtAll() throws {
    try dataset.remove(Self.file)
    let error = #expect(throws: ConversionError.self) { try store(of: dataset) }
    #expect(error?.message == "\(dataset.path): 1 file is missing: activity_labels.txt")
    #expect(error?.exitStatus == .noInput)
  }
}
