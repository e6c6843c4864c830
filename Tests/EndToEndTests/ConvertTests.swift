import Foundation
import HDF5
import Testing
import _TestSupport

@Suite("har-convert")
struct ConvertTests {
  let dataset: SmallDataset
  let convert = Executable(product: "har-convert")
  var folder: TemporaryDirectory { dataset.directory }
  var store: String { folder.path("store.h5") }

  init() throws { dataset = try SmallDataset(train: 70, test: 3) }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  /// One line on standard error, and nothing but the dataset left.
  private func expectFailure(_ result: ProcessResult, _ status: Int32, _ message: String, left: [String] = ["dataset"])
    throws
  {
    #expect(result.status == status)
    #expect(result.errorLines == ["har-convert: \(message)"])
    #expect(result.standardOutput == "")
    #expect(try folder.names() == left)
  }

  @Test func summaryAndPlainProgress() throws {
    let result = try convert.run([dataset.path, store])
    #expect(result.status == 0)
    #expect(result.standardOutput.hasPrefix("\(store): 70 training and 3 test windows of 33 people, from 1 MB of text"))
    #expect(result.standardOutput.split(separator: "\n").count == 1)
    #expect(result.errorLines == ["train: 70 windows read", "test: 3 windows read"])
    #expect(try folder.names() == ["dataset", "store.h5"])
    let root = try File.open(store).root
    #expect(
      try root.attributeNames() == [
        "activity_names", "sampling_rate_hz", "schema_version", "signal_names", "source", "synthetic", "title",
        "writer_name", "writer_version",
      ])
    #expect(try root.dataset("train/X").shape == [70, 128, 9])
    #expect(try root.dataset("train/X").elementType == .float(bytes: 4))
    #expect(try root.dataset("train/y").elementType == .integer(bytes: 1, signed: false))
    #expect(try root.dataset("test/subject").elementType == .integer(bytes: 1, signed: false))
  }

  @Test func quietShowsNoProgress() throws {
    let result = try convert.run(["--quiet", dataset.path, store])
    #expect(result.standardError == "")
    #expect(result.standardOutput != "")
  }

  /// Recordings of which nobody knows what was done, and of one split only.
  @Test func unlabelledRecordings() throws {
    for file in ["train", "test/y_test.txt"] { try FileManager.default.removeItem(atPath: "\(dataset.path)/\(file)") }
    #expect(try convert.run([dataset.path, store]).status == 66)
    let result = try convert.run([dataset.path, store, "--unlabelled", "--quiet"])
    #expect(result.status == 0, "\(result.standardError)")
    #expect(
      result.standardOutput.hasPrefix("\(store): 0 training and 3 test windows without labels of 3 people, from"))
    let root = try File.open(store).root
    #expect(try root.dataset("test/X").shape == [3, 128, 9])
    #expect(try root.dataset("test/subject").read(as: UInt8.self) == [31, 32, 33])
    #expect(!root.contains("test/y") && !root.contains("train"))

    try FileManager.default.removeItem(atPath: "\(dataset.path)/test/subject_test.txt")
    let anonymous = try convert.run([dataset.path, store, "--unlabelled", "--quiet", "--overwrite"])
    #expect(anonymous.standardOutput.contains(" test windows without labels, from"))
    #expect(try !File.open(store).root.contains("test/subject"))

    try FileManager.default.removeItem(atPath: "\(dataset.path)/test/Inertial Signals")
    try FileManager.default.removeItem(atPath: store)
    let empty = try convert.run([dataset.path, store, "--unlabelled"])
    #expect(empty.status == 66)
    #expect(empty.standardError.contains("9 files are missing: test/Inertial Signals/total_acc_x_test.txt"))
  }

  @Test func sameBytesAtEveryNumberOfThreads() throws {
    var stores: [Data] = []
    for threads in ["1", "2", "3", "16"] {
      #expect(try convert.run([dataset.path, store, "--threads", threads, "--overwrite"]).status == 0)
      stores.append(try bytes(store))
    }
    #expect(stores.allSatisfy { $0 == stores[0] })
  }

  @Test func compressionChangesNoValue() throws {
    let small = folder.path("small.h5")
    #expect(try convert.run([dataset.path, store]).status == 0)
    let arguments = [dataset.path, small, "--compression", "gzip", "--compression-level", "9"]
    #expect(try convert.run(arguments).status == 0)
    #expect(try bytes(small).count < bytes(store).count)
    let (plain, packed) = (try File.open(store).root, try File.open(small).root)
    #expect(try plain.dataset("train/X").read(as: Float.self) == packed.dataset("train/X").read(as: Float.self))
  }

  @Test func storeThatExistsIsKeptUnlessOverwritten() throws {
    try folder.write("precious", to: "store.h5")
    try expectFailure(
      try convert.run([dataset.path, store]), 73, "\(store): exists already; --overwrite would replace it",
      left: ["dataset", "store.h5"])
    #expect(try bytes(store) == Data("precious".utf8))
    #expect(try convert.run([dataset.path, store, "--overwrite"]).status == 0)
    #expect(try File.open(store).root.dataset("train/y").shape == [70])
  }

  @Test func failedConversionKeepsTheOldStore() throws {
    try folder.write("precious", to: "store.h5")
    try dataset.write("x\n", to: "test/y_test.txt")
    #expect(try convert.run([dataset.path, store, "--overwrite"]).status == 65)
    #expect(try bytes(store) == Data("precious".utf8))
    #expect(try folder.names() == ["dataset", "store.h5"])
  }

  @Test func storeThatCannotBeMade() throws {
    let nowhere = folder.path("none/store.h5")
    try expectFailure(
      try convert.run([dataset.path, nowhere]), 73,
      "\(nowhere): cannot be created: there is no folder \(folder.path("none"))")
    try expectFailure(
      try convert.run([dataset.path, dataset.path, "--overwrite"]), 73,
      "\(dataset.path): exists already and is no regular file")
  }

  @Test(.enabled(if: getuid() != 0, "the superuser may write anywhere"))
  func folderThatMayNotBeWritten() throws {
    let locked = try folder.write("", to: "locked/file")
    let parent = URL(fileURLWithPath: locked).deletingLastPathComponent().path
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: parent)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: parent) }
    let result = try convert.run([dataset.path, "\(parent)/store.h5"])
    #expect(result.status == 73)
    #expect(result.errorLines == ["har-convert: \(parent)/store.h5: cannot be created: Permission denied"])
  }

  @Test func fullDisk() throws {
    // A limit on the size of files stands for the disk.
    let shell = Executable(path: "/bin/sh")
    let script = "ulimit -f 100; exec \"$0\" \"$@\""
    let result = try shell.run(["-c", script, convert.path, dataset.path, store, "--quiet"])
    try expectFailure(result, 74, "\(store): cannot be written: File too large")
  }

  @Test func missingInput() throws {
    try expectFailure(
      try convert.run([folder.path("none"), store]), 66,
      "\(folder.path("none")): found nothing there, expected a folder in the UCI layout")
    try dataset.remove("train/y_train.txt")
    try dataset.remove(SmallDataset.signalFile("body_gyro_x", "test"))
    try expectFailure(
      try convert.run([dataset.path, store]), 66,
      "\(dataset.path): 2 files are missing: train/y_train.txt, test/Inertial Signals/body_gyro_x_test.txt")
  }

  @Test func folderThatIsNoDataset() throws {
    let result = try convert.run([folder.path, store])
    #expect(result.status == 66)
    #expect(result.errorLines.count == 1)
    #expect(result.standardError.contains("is not a dataset"))
    #expect(result.standardError.contains("did you mean"))
  }

  @Test func wrongData() throws {
    let signal = SmallDataset.signalFile("total_acc_z", "test")
    try dataset.edit(signal, line: 2) { String($0.dropLast(16)) }
    try expectFailure(
      try convert.run([dataset.path, store, "--quiet"]), 65,
      "\(dataset.path)/\(signal):2:2033: found 127 values, expected 128 values in the line")
  }

  @Test(arguments: [
    [], ["only-one"], ["a", "b", "c"], ["a", "b", "--threads", "0"], ["a", "b", "--threads", "many"],
    ["a", "b", "--compression", "zip"], ["a", "b", "--compression-level", "3"],
    ["a", "b", "--compression", "gzip", "--compression-level", "0"], ["a", "b", "--unknown"],
  ])
  func wrongUsage(_ arguments: [String]) throws {
    let result = try convert.run(arguments, in: folder.path)
    #expect(result.status == 64)
    #expect(result.errorLines.count == 1, "\(result.standardError)")
    #expect(result.standardError.hasPrefix("har-convert: ") && result.standardError.hasSuffix("(har-convert --help)\n"))
    #expect(try folder.names() == ["dataset"])
  }

  @Test func helpAndVersion() throws {
    let help = try convert.run(["--help"])
    #expect(help.status == 0)
    #expect(help.standardOutput.contains("EXAMPLES"))
    #expect(try convert.run(["--version"]).status == 0)
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func interruptionLeavesNothing(_ signal: Int32) throws {
    let outputs = try TemporaryDirectory()
    let made = folder.path("made")
    #expect(try Executable(product: "har-synthesize").run([made, "--size", "0.5", "--quiet"]).status == 0)
    let (process, _, _) = try convert.start(
      [made, store, "--compression", "gzip", "--compression-level", "9", "--threads", "1"], outputs: outputs)
    // The output is not empty any more when the handler has long been in place.
    while process.isRunning, try !hasBegun() { usleep(2000) }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(process.terminationStatus == signal)
    #expect(try folder.names() == ["dataset", "made"])
  }

  private func hasBegun() throws -> Bool {
    guard let name = try folder.names().first(where: { $0.hasPrefix(".store.h5.partial") }) else { return false }
    return (try? bytes(folder.path(name)).count > 0) ?? false
  }
}
