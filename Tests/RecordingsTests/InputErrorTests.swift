import Recordings
import SystemSupport
import Testing
import _TestSupport

@Suite("Wrong recordings are named by file, line and column")
struct InputErrorTests {
  let dataset: SmallDataset
  let signal = SmallDataset.signalFile("body_acc_y", "train")

  init() throws { dataset = try SmallDataset(train: 70, test: 3) }

  /// The error that a conversion ends with; nothing may be left of the store.
  private func error() throws -> ConversionError? {
    let error = #expect(throws: ConversionError.self) { try store(of: dataset) }
    #expect(try dataset.directory.names() == ["dataset"])
    return error
  }

  private func expect(_ file: String, _ message: String, status: SystemSupport.ExitStatus = .data) throws {
    let error = try error()
    #expect(error?.message == "\(dataset.path)/\(file)\(message)")
    #expect(error?.exitStatus == status)
  }

  @Test func tooFewValues() throws {
    try dataset.edit(signal, line: 66) { String($0.dropLast(16)) }
    try expect(signal, ":66:2033: found 127 values, expected 128 values in the line")
  }

  @Test func tooManyValues() throws {
    try dataset.edit(signal, line: 3) { $0 + "  1.0000000e+000" }
    try expect(signal, ":3:2051: found 129 values, expected 128 values in the line")
  }

  @Test func word() throws {
    try dataset.edit(signal, line: 2) { String($0.prefix(16)) + "          walking" + String($0.dropFirst(32)) }
    try expect(signal, ":2:27: found \"walking\", expected a finite number")
  }

  @Test(arguments: [
    "nan", "NaN", "inf", "-inf", "Infinity", "0x10", "1e", "1e+", "--1", "1.2.3", "1,5", "-", ".", "+", "1_000", "1.0f",
  ])
  func fieldThatIsNoFiniteNumber(_ field: String) throws {
    try dataset.edit(signal, line: 70) { " \(field)" + $0.dropFirst(16) }
    try expect(signal, ":70:2: found \"\(field)\", expected a finite number")
  }

  @Test(arguments: ["1e39", "-3.5e38", "1e400"])
  func numberThatIsTooLarge(_ field: String) throws {
    try dataset.edit(signal, line: 1) { $0.dropLast(16) + " \(field)" }
    try expect(signal, ":1:2034: found \"\(field)\", which is too large, expected a finite number")
  }

  @Test func emptyField() throws {
    try dataset.edit(signal, line: 5) { $0.prefix(32) + String(repeating: " ", count: 16) + $0.dropFirst(48) }
    try expect(signal, ":5:33: found an empty field, expected a finite number")
  }

  @Test func emptyLineInTheMiddle() throws {
    try dataset.edit(signal, line: 5) { _ in "" }
    try expect(signal, ":5:1: found an empty line, expected 128 values in the line")
  }

  /// In place of one number, and of the two that they look like.
  @Test(arguments: [16, 32]) func numbersWithoutABlankBetween(_ replaced: Int) throws {
    try dataset.edit(signal, line: 1) { "1.5-2.5" + $0.dropFirst(replaced) }
    try expect(signal, ":1:1: found \"1.5-2.5\", expected a finite number")
  }

  /// Behind sixteen bytes that look like a field, the number goes on.
  @Test func fieldThatGoesOn() throws {
    try dataset.edit(signal, line: 2) { "  1.0000000e+000x" + $0.dropFirst(16) }
    try expect(signal, ":2:3: found \"1.0000000e+000x\", expected a finite number")
  }

  /// The bytes before and behind the digits in ASCII, where digits are looked at eight at a time.
  @Test(arguments: ["/", ":", "?"]) func nearlyADigit(_ byte: String) throws {
    for (place, field) in ["  1.00\(byte)0000e+000", "  1.0000000e+0\(byte)0", "  \(byte).0000000e+000"].enumerated() {
      try dataset.edit(signal, line: 2 + place) { field + $0.dropFirst(16) }
      try expect(signal, ":\(2 + place):3: found \"\(field.dropFirst(2))\", expected a finite number")
      try dataset.edit(signal, line: 2 + place) { "  1.0000000e+000" + $0.dropFirst(16) }
    }
  }

  /// A carriage return ends a line together with a line feed, and is nothing by itself.
  @Test(arguments: ["\r", " \r", "\r "])
  func carriageReturnWithinALine(_ blank: String) throws {
    try dataset.edit(signal, line: 2) { "  1.0000000e+000\(blank)1 -1.0000000e+000" + $0.dropFirst(48) }
    let error = try error()
    #expect(error?.exitStatus == .data)
    #expect(error?.message.contains(":2:") == true && error?.message.contains("\\r") == true)
  }

  @Test func bytesThatAreNoText() throws {
    try dataset.edit(signal, line: 1) { "\u{0}\u{1B}[31m" + $0.dropFirst(16) }
    try expect(signal, ":1:1: found \"\\0\\u{1B}[31m\", expected a finite number")
  }

  @Test func lineWithoutEnd() throws {
    try dataset.edit(signal, line: 1) { _ in String(repeating: "1", count: 100_000) }
    try expect(signal, ":1:16385: found more than 16384 bytes, expected 128 numbers in the line")
  }

  @Test func ofSeveralErrorsTheFirstWindowCountsWhateverTheThreads() throws {
    try dataset.edit(SmallDataset.signalFile("total_acc_x", "train"), line: 60) { "late" + $0.dropFirst(16) }
    try dataset.edit(signal, line: 7) { "early" + $0.dropFirst(16) }
    for threads in [1, 2, 3, 16] {
      let error = #expect(throws: ConversionError.self) { try store(of: dataset, threads: threads) }
      #expect(error?.message == "\(dataset.path)/\(signal):7:1: found \"early\", expected a finite number")
    }
  }

  @Test func differingNumbersOfLines() throws {
    let file = SmallDataset.signalFile("body_gyro_z", "test")
    try dataset.write(try dataset.read(file) + "1\n", to: file)
    let first = "\(dataset.path)/\(SmallDataset.signalFile("total_acc_x", "test"))"
    try expect(file, ":4: found 4 lines, expected 3 as in \(first)")
  }

  @Test func differingNumbersOfLabels() throws {
    try dataset.write("1\n2\n", to: "test/y_test.txt")
    let first = "\(dataset.path)/\(SmallDataset.signalFile("total_acc_x", "test"))"
    try expect("test/y_test.txt", ":3: found 2 lines, expected 3 as in \(first)")
  }

  @Test(arguments: ["0", "7", "2.5", "-1", "1e9", "six", "nan", "1e400"])
  func wrongLabel(_ label: String) throws {
    try dataset.edit("train/y_train.txt", line: 67) { _ in " \(label)" }
    try expect("train/y_train.txt", ":67:2: found \"\(label)\", expected a whole number from 1 to 6")
  }

  @Test func twoLabelsInALine() throws {
    try dataset.edit("train/y_train.txt", line: 2) { _ in "1 2" }
    try expect("train/y_train.txt", ":2:3: found 2 values, expected 1 value in the line")
  }

  @Test(arguments: ["0", "256", "1.5", "Anna"])
  func wrongPerson(_ person: String) throws {
    try dataset.edit("test/subject_test.txt", line: 3) { _ in person }
    try expect("test/subject_test.txt", ":3:1: found \"\(person)\", expected a whole number from 1 to 255")
  }

  @Test func emptyFile() throws {
    try dataset.write("", to: signal)
    try expect(signal, ": found an empty file, expected lines of 128 numbers")
  }

  @Test func blankFile() throws {
    try dataset.write(" \n\r\n", to: "test/y_test.txt")
    try expect("test/y_test.txt", ": found blank lines only, expected lines of 1 number")
  }

  @Test func missingFilesAreAllNamed() throws {
    try dataset.remove(signal)
    try dataset.remove("test/subject_test.txt")
    let error = #expect(throws: ConversionError.self) { try RecordingFolder(path: dataset.path) }
    #expect(error?.message == "\(dataset.path): 2 files are missing: \(signal), test/subject_test.txt")
    #expect(error?.exitStatus == .noInput)
  }

  @Test func folderThatIsNoDataset() throws {
    let error = #expect(throws: ConversionError.self) { try RecordingFolder(path: dataset.directory.path) }
    #expect(
      error?.message.hasPrefix("\(dataset.directory.path): is not a dataset: it has none of the 23 files") == true)
    #expect(error?.message.hasSuffix("(did you mean \"\(dataset.path)\"?)") == true)
    #expect(error?.exitStatus == .noInput)
  }

  @Test func nothingAndAFileInsteadOfAFolder() throws {
    for path in [dataset.directory.path("none"), "\(dataset.path)/\(signal)"] {
      let error = #expect(throws: ConversionError.self) { try RecordingFolder(path: path) }
      #expect(error?.exitStatus == .noInput)
    }
  }

  @Test func folderInsteadOfAFile() throws {
    try dataset.remove(signal)
    try dataset.write("x", to: "\(signal)/x")
    try expect(signal, ": found something that is no file, expected a text file", status: .noInput)
  }
}
