import Foundation
import HDF5
import SystemSupport
import Testing
import Windows
import _TestSupport

/// Windows that stay in the store's file are the same as those in memory, however the file keeps them.
@Suite struct StreamedSetTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path("store.h5")
  }

  /// How a dataset's elements lie in the file.
  struct Layout: Sendable, CustomTestStringConvertible {
    var chunk: [Int]?
    var compression = Compression.none
    var testDescription: String { chunk.map { "chunks of \($0), \(compression)" } ?? "one piece" }
  }

  static let layouts = [
    Layout(), Layout(chunk: [64, 24, 3]), Layout(chunk: [1, 24, 3]), Layout(chunk: [10, 5, 1]),
    Layout(chunk: [100, 24, 3], compression: .gzip(level: 4)),
    Layout(chunk: [333, 7, 2], compression: .gzip(level: 1)),
  ]

  /// Writes a store, by default of 333 training and 90 test windows, of four people.
  private func write(
    _ layout: Layout = Layout(), counts: [Int] = [333, 90], change: (inout [Float]) -> Void = { _ in }
  ) throws {
    // Another file: one that is still open must not change.
    try? FileManager.default.removeItem(atPath: path)
    let file = try File.create(path)
    let root = try file.root
    let attributes: [(String, AttributeValue)] = [
      ("schema_version", .integer(1)), ("title", .string("T")), ("source", .string("S")),
      ("sampling_rate_hz", .double(50)), ("signal_names", .strings(["a", "b", "c"])),
      ("activity_names", .strings(["x", "y"])), ("synthetic", .integer(1)),
    ]
    for (name, value) in attributes { try root.setAttribute(name, value) }
    for (split, count) in zip(["train", "test"], counts) {
      var values = (0..<count * 72).map { Float(($0 * 7919 + count) % 1009) / 64 - 7 }
      change(&values)
      let dataset = try root.createDataset(
        "\(split)/X", of: Float.self, shape: [count, 24, 3], chunk: layout.chunk.map { [min($0[0], count)] + $0[1...] },
        compression: layout.compression)
      try dataset.write(values)
      try root.writeDataset("\(split)/y", (0..<count).map { UInt8($0 / 3 % 2) }, shape: [count])
      try root.writeDataset("\(split)/subject", (0..<count).map { UInt8($0 / 40 % 4) }, shape: [count])
    }
    try file.close()
  }

  @Test(arguments: layouts)
  func windowsAreThoseInMemory(_ layout: Layout) throws {
    try write(layout)
    let (memory, streamed) = (try WindowStore.read(path: path), try WindowStore.read(path: path, .file))
    #expect(streamed.isStreamed && !memory.isStreamed)
    #expect(streamed.train == memory.train && streamed.test == memory.test)
    #expect(memory.train != memory.test && streamed.train != memory.test)
    let pairs = [
      (memory.train.selecting { $0 != 1 }, streamed.train.selecting { $0 != 1 }),
      (memory.train.range(50..<251), streamed.train.range(50..<251)),
      (memory.train.range(5..<300).selecting { $0 == 2 }, streamed.train.range(5..<300).selecting { $0 == 2 }),
      (memory.train.joined(with: memory.test), streamed.train.joined(with: streamed.test)),
      (
        memory.train.joined(with: memory.test).selecting { $0 > 1 },
        streamed.train.joined(with: streamed.test).selecting { $0 > 1 }
      ),
      (memory.train.copied(), streamed.train.copied()),
    ]
    for (inMemory, inFile) in pairs {
      #expect(inFile.isStreamed && !inMemory.isStreamed)
      #expect(inFile == inMemory)
      var parts: [Float] = []
      try inFile.forEachPart { part, first in
        #expect(first * 72 == parts.count)
        parts += part.features
      }
      #expect(parts == inMemory.features)
      let some = [0, 7, 3, inMemory.count - 1]
      #expect(try inFile.inMemory(some).features == inMemory.inMemory(some).features)
      #expect(try inFile.deviations == inMemory.deviations)
    }
  }

  /// Parts of 40 windows, or of a block that has more; the last layout has one block.
  @Test(arguments: layouts.dropLast())
  func partsHaveTheirOwnLabelsPeopleAndScaling(_ layout: Layout) throws {
    try write(layout)
    let (memory, streamed) = (try WindowStore.read(path: path), try WindowStore.read(path: path, .file))
    let scaling = try FeatureScaling.fit(.standardize, .signal, to: memory.train)
    let pairs = [
      (memory.train, streamed.train), (try scaling.scaled(memory.train), try scaling.scaled(streamed.train)),
    ]
    for (inMemory, inFile) in pairs {
      var firsts: [Int] = []
      try inFile.forEachPart(floatsAtOnce: 40 * 72) { part, first in
        firsts.append(first)
        #expect(part == inMemory.range(first..<first + part.count))
      }
      #expect(firsts.first == 0 && firsts.count > 1)
    }
  }

  /// No file that somebody has is larger than the sample; its fit is that of all windows.
  @Test(arguments: ScalingMethod.allCases, ScalingGranularity.allCases)
  func scalingsAreThoseOfMemory(_ method: ScalingMethod, _ granularity: ScalingGranularity) throws {
    try write()
    let (memory, streamed) = (try WindowStore.read(path: path), try WindowStore.read(path: path, .file))
    let scaling = try FeatureScaling.fit(method, granularity, to: memory.train)
    #expect(try FeatureScaling.fit(method, granularity, to: streamed.train) == scaling)
    let scaled = try scaling.scaled(streamed.test)
    #expect(scaled.isStreamed == true)
    #expect(try scaled == scaling.scaled(memory.test))
    #expect(streamed.test == memory.test)
    let some = scaled.selecting { $0 == 3 }
    #expect(try some == scaling.scaled(memory.test).selecting { $0 == 3 })
  }

  /// Of more windows than the sample has, robust and power scalings see some at even distances; the others all.
  @Test(arguments: ScalingMethod.allCases)
  func scalingsOfMoreThanTheSample(_ method: ScalingMethod) throws {
    var store = HandMadeStore()
    let size = FeatureScaling.sampleOfStreamed(windowCount: 2)
    let count = size * 2 + 1
    let windows: [[Float]] = (0..<count).map { row in
      let value = Float(row * 31 % 1013) + Float(row % 2) * 2000
      return [value, value - 17]
    }
    store.train = .init(
      windows: windows, labels: Array(repeating: 0, count: count), subjects: Array(repeating: 1, count: count))
    (store.timeSteps, store.test.windows) = (1, store.test.windows.map { Array($0.prefix(2)) })
    try store.write(path)
    let (memory, streamed) = (try WindowStore.read(path: path), try WindowStore.read(path: path, .file))
    let found = try FeatureScaling.fit(method, .signal, to: streamed.train)
    let sample = (0..<size).map { $0 * count / size }
    let expected = [.robust, .power].contains(method) ? try memory.train.inMemory(sample) : memory.train
    #expect(try found == FeatureScaling.fit(method, .signal, to: expected))
  }

  @Test(.enabled(if: Outside.python != nil, Comment(rawValue: Outside.pythonHint)))
  func storesOfOthers() throws {
    try write()
    let other = directory.path("other.h5")
    let result = try Outside.runPython(
      """
      import h5py, sys
      with h5py.File(sys.argv[1]) as a, h5py.File(sys.argv[2], "w") as b:
          for name, value in a.attrs.items(): b.attrs[name] = value
          for split in ["train", "test"]:
              for name in ["y", "subject"]: b[f"{split}/{name}"] = a[f"{split}/{name}"][:]
              b.create_dataset(f"{split}/X", data=a[f"{split}/X"][:].astype(">f8"), chunks=True, compression="gzip",
                               shuffle=True, fletcher32=True)
      """, [path, other])
    #expect(result.status == 0, "\(result.standardError)")
    #expect(try WindowStore.read(path: other, .file).train == WindowStore.read(path: path).train)
  }

  /// Windows of which memory would hold too few to shuffle them are not streamed; nor is a file chosen for it that can't be.
  @Test func chunksThatAreTooLargeAreRefused() throws {
    let most = 2 * StoredReadings.floatsAtOnce / 72
    let count = most + 1
    try write(Layout(chunk: [count, 24, 3], compression: .gzip(level: 1)), counts: [count, 90]) { values in
      for index in values.indices { values[index] = Float(UInt32(truncatingIfNeeded: index) &* 2_654_435_761 >> 20) }
    }
    let error = #expect(throws: StoreError.self) { try WindowStore.read(path: path, .file) }
    #expect(
      error?.message
        == "\(path): /train/X: comes in chunks of \(count) windows, expected at most \(most) to stream them (--no-stream takes all "
        + "into memory; h5repack -l /train/X:CHUNK=16x24x3 makes smaller chunks)")
    // Shared by so many processes, each would stream it if it could.
    let store = try WindowStore.read(path: path, .automatic(processes: 1 << 40))
    #expect(!store.isStreamed && store.train.count == count)
  }

  /// Chunks of some size are streamed, with a warning.
  @Test func largeChunksBringAWarning() throws {
    try write(Layout(chunk: [20_000, 24, 3]), counts: [60_000, 90])
    let store = try WindowStore.read(path: path, .file)
    #expect(
      store.streamingWarning?.hasPrefix("\(path): the store's chunks of 20000 windows are shuffled 6 at a time")
        == true)
    try write(Layout(chunk: [64, 24, 3]), counts: [60_000, 90])
    #expect(try WindowStore.read(path: path, .file).streamingWarning == nil)
    #expect(try WindowStore.read(path: path).streamingWarning == nil)
    #expect(try WindowStore.read(path: path, .automatic(processes: 1 << 40)).isStreamed)
  }

  @Test func whatIsNoNumberIsFoundWhereItIs() throws {
    try write { $0[75 * 72 + 5] = .infinity }
    let expected = "\(path): /train/X: holds inf at [75, 1, 2], expected finite numbers"
    for placement in [ReadingPlacement.memory, .file] {
      let error = #expect(throws: StoreError.self) { try WindowStore.read(path: path, placement) }
      #expect(error?.message == expected)
    }
  }

  /// A file that is cut while it is in use.
  @Test func aFileThatLosesItsEndIsAnError() throws {
    try write()
    let store = try WindowStore.read(path: path, .file)
    #expect(truncate(path, 20_000) == 0)
    let error = #expect(throws: StoreError.self) { try store.test.inMemory() }
    #expect(error?.message == "\(path): was changed by somebody while it was read")
    #expect(throws: StoreError.self) { try store.train.deviations }
    #expect(throws: StoreError.self) { try FeatureScaling.fit(.standardize, .signal, to: store.train) }
  }

  /// One that is written to in its place.
  @Test func aFileThatIsOverwrittenIsAnError() throws {
    try write()
    let store = try WindowStore.read(path: path, .file)
    #expect(try store.test.inMemory().count == 90)
    let bytes = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try bytes.seek(toOffset: 30_000)
    try bytes.write(contentsOf: Data([1]))
    try bytes.close()
    #expect(throws: StoreError.self) { try store.test.inMemory() }
  }

  @Test func smallStoresAreInMemoryUnlessAskedFor() throws {
    try write()
    #expect(try !WindowStore.read(path: path, .automatic).isStreamed)
    #expect(UsableMemory.bytes > 1 << 20)
  }
}
