import Foundation
import HDF5
import SystemSupport
import Testing
import Windows
import _TestSupport

@Suite("A store is read only if all of it is right")
struct StoreTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path("store.h5")
  }

  /// Writes a store of two windows per split, with what a test changes about it.
  private func write(
    version: Int64 = 1, shape: [Int] = [2, 4, 3], features: [Float]? = nil, labels: [Int64] = [0, 1],
    without: String? = nil, change: (Group) throws -> Void = { _ in }
  ) throws {
    let file = try File.create(path)
    let root = try file.root
    let attributes: [(String, AttributeValue)] = [
      ("schema_version", .integer(version)), ("title", .string("T")), ("source", .string("S")),
      ("sampling_rate_hz", .double(50)), ("signal_names", .strings(["a", "b", "c"])),
      ("activity_names", .strings(["x", "y"])), ("synthetic", .integer(0)),
    ]
    for (name, value) in attributes where name != without { try root.setAttribute(name, value) }
    for split in ["train", "test"] {
      let values = features ?? [Float](repeating: 1, count: shape.reduce(1, *))
      if without != "/\(split)/X" { try root.writeDataset("\(split)/X", values, shape: shape) }
      if without != "/\(split)/y" { try root.writeDataset("\(split)/y", labels, shape: [labels.count]) }
      if without != "/\(split)/subject" { try root.writeDataset("\(split)/subject", [UInt8(1), 2], shape: [2]) }
    }
    try change(root)
    try file.close()
  }

  private func expect(_ problem: String, status: SystemSupport.ExitStatus = .data) {
    let error = #expect(throws: StoreError.self) { try WindowStore.read(path: path) }
    #expect(error?.message == "\(path): \(problem)")
    #expect(error?.exitStatus == status)
  }

  @Test func rightOne() throws {
    try write()
    let store = try WindowStore.read(path: path)
    #expect(store.train == store.test)
    #expect((store.train.count, store.train.timeSteps, store.train.channels) == (2, 4, 3))
    #expect(store.train.labels == [0, 1])
    #expect(store.train.subjects == [1, 2])
    #expect((store.description.title, store.description.source) == ("T", "S"))
  }

  @Test(arguments: ["/train/X", "/train/y", "/test/subject"])
  func missingDataset(_ name: String) throws {
    try write(without: name)
    expect("\(name): is missing")
  }

  @Test(arguments: ["schema_version", "title", "synthetic", "signal_names", "activity_names", "sampling_rate_hz"])
  func missingAttribute(_ name: String) throws {
    try write(without: name)
    expect("/@\(name): is missing")
  }

  @Test func anotherVersion() throws {
    try write(version: 2)
    expect("/@schema_version: is 2, expected 1")
  }

  @Test func namesOfNothing() throws {
    try write { root in try root.setAttribute("activity_names", .strings([])) }
    expect("/@activity_names: names 0 activities, expected 1 to 256")
    try write { root in try root.setAttribute("signal_names", .strings([])) }
    expect("/@signal_names: names no signals, expected one or more")
  }

  @Test(arguments: [["x", "x"], ["x", ""]]) func namesThatTellNothingApart(_ names: [String]) throws {
    try write { root in try root.setAttribute("activity_names", .strings(names)) }
    expect("/@activity_names: has a name that is empty or there twice")
  }

  @Test func wrongShapes() throws {
    try write(shape: [2, 12])
    expect("/train/X: has the shape [2, 12], expected [windows, time steps, 3]")
    try write(shape: [2, 3, 4])
    expect("/train/X: has the shape [2, 3, 4], expected [windows, time steps, 3]")
    try write(shape: [0, 4, 3], labels: [])
    expect("/train/X: has the shape [0, 4, 3], expected [windows, time steps, 3]")
    try write(labels: [0, 1, 1])
    expect("/train/y: has the shape [3], expected [2]")
  }

  @Test func shapeWithoutReadings() throws {
    try write(without: "/train/X") { root in
      _ = try root.createDataset("/train/X", of: Float.self, shape: [2, 4, 3])
    }
    expect("/train/X: has the shape [2, 4, 3] but was never written")
  }

  @Test func wrongTypes() throws {
    try write(without: "/train/X") { root in
      try root.writeDataset("/train/X", [Int32](repeating: 1, count: 24), shape: [2, 4, 3])
    }
    expect("/train/X: holds int32, expected float32")
    try write(without: "/train/y") { root in try root.writeDataset("/train/y", [Float(0), 1], shape: [2]) }
    expect("/train/y: holds float32, expected uint8")
  }

  @Test func labelsOutOfRange() throws {
    try write(labels: [0, 2])
    expect("/train/y: holds 2 at [1], expected 0 to 1")
    try write(labels: [-1, 0])
    expect("/train/y: holds -1 at [0], expected 0 to 1")
    try write(labels: [256, 0])
    expect("/train/y: holds 256 at [0], expected 0 to 1")
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func valuesThatAreNotFinite(_ value: Float) throws {
    var values = [Float](repeating: 0, count: 24)
    values[12 + 3 + 2] = value
    try write(features: values)
    expect("/train/X: holds \(value) at [1, 1, 2], expected finite numbers")
  }

  @Test func noFile() {
    expect("cannot be opened: No such file or directory", status: .noInput)
  }

  @Test func noHDF5() throws {
    try directory.write("  1.0000000e+000\n", to: "store.h5")
    expect("is not an HDF5 file")
    try directory.write("", to: "store.h5")
    expect("is empty, not an HDF5 file")
  }

  @Test func truncated() throws {
    try write()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try directory.write(bytes.prefix(bytes.count / 2), to: "store.h5")
    let error = #expect(throws: StoreError.self) { try WindowStore.read(path: path) }
    #expect(error?.message.hasPrefix("\(path): is truncated") == true)
    #expect(error?.exitStatus == .data)
  }

  /// Read straight into memory: every bit is where h5py put it, compressed, in chunks and in another precision.
  @Test(
    .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"),
    arguments: ["{}", "{'chunks': (5, 7, 2), 'compression': 'gzip'}", "{'dtype': 'f8'}", "{'dtype': '>f4'}"])
  func bitsAreThoseThatH5pyWrote(_ options: String) throws {
    let result = try Outside.runPython(
      """
      import sys, ast, h5py, numpy as np
      path, bytes, options = sys.argv[1:]
      f = h5py.File(path, "w")
      f.attrs.update(schema_version=1, title="T", source="S", sampling_rate_hz=50.0, synthetic=0,
                     signal_names=["a", "b", "c"], activity_names=["x", "y"])
      random = np.random.default_rng(1)
      with open(bytes, "wb") as out:
          for split, count in [("train", 37), ("test", 11)]:
              X = (random.standard_normal((count, 16, 3)) * 10.0 ** random.integers(-44, 30, (count, 16, 3))).astype("<f4")
              X[0, 0] = [-0.0, 1e-45, 3.4028234e38]
              f.create_dataset(f"{split}/X", data=X, **ast.literal_eval(options))
              f[f"{split}/y"] = np.arange(count, dtype="u1") % 2
              f[f"{split}/subject"] = np.arange(count, dtype="u1")
              out.write(X.tobytes())
      """, [path, directory.path("bytes"), options])
    try #require(result.status == 0, "\(result.standardError)")
    let store = try WindowStore.read(path: path)
    var found: [UInt32] = []
    for windows in [store.train, store.test] {
      for index in 0..<windows.count { found += windows.features(of: index).map { $0.bitPattern.littleEndian } }
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: directory.path("bytes")))
    #expect(found.withUnsafeBytes { Data($0) } == bytes)
    #expect(store.test.subjects == Array(0..<11))
  }

  @Test func storeOfFewBytesThatClaimsMuch() throws {
    try write(without: "/train/X") { root in
      _ = try root.createDataset("/train/X", of: Float.self, shape: [1 << 30, 4, 3])
    }
    let error = #expect(throws: StoreError.self) { try WindowStore.read(path: path) }
    #expect(error?.exitStatus == .data)
  }
}
