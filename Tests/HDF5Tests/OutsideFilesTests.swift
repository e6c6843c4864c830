import Foundation
import HDF5
import Testing
import _TestSupport

/// What others can put into a file: ways into other files, and sizes that the file does not hold.
@Suite("Files of others", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
struct OutsideFilesTests {
  let directory: TemporaryDirectory
  private var path: String { directory.path("file.h5") }

  init() throws { directory = try TemporaryDirectory() }

  /// Runs lines of h5py on the new file `f`, with numpy as `np` and the folder's path in `folder`.
  private func write(_ lines: String) throws -> Group {
    let result = try Outside.runPython(
      """
      import sys, os, h5py, numpy as np
      path, folder = sys.argv[1:]
      f = h5py.File(path, "w")
      \(lines)
      f.close()
      """, [path, directory.path])
    try #require(result.status == 0, "\(result.standardError)")
    return try File.open(path).root
  }

  private func expect(_ kind: HDF5Error.Kind, _ word: String, _ body: () throws -> Void) {
    let error = #expect(throws: HDF5Error.self) { try body() }
    #expect(error?.kind == kind)
    #expect(error?.reason.contains(word) == true, "\(String(describing: error))")
  }

  @Test func linksAreNotFollowed() throws {
    let root = try write(
      """
      with h5py.File(folder + "/other.h5", "w") as other: other["g/x"] = np.arange(3.0)
      os.mkfifo(folder + "/fifo")
      f["here"] = np.arange(3.0)
      f["external"] = h5py.ExternalLink(folder + "/other.h5", "/g")
      f["fifo"] = h5py.ExternalLink(folder + "/fifo", "/x")
      f["soft"] = h5py.SoftLink("/here")
      f["indirect"] = h5py.SoftLink("/fifo")
      f["self"] = h5py.SoftLink("/self")
      f["hard"] = f["here"]
      """)
    for name in ["external", "external/x", "fifo", "fifo/x", "soft", "indirect", "indirect/x", "self"] {
      expect(.wrongType, "link") { _ = try root.dataset(name) }
      #expect(!root.contains(name))
    }
    #expect(try root.dataset("hard").read() == [0.0, 1, 2])
  }

  @Test func elementsInOtherFilesAreNotRead() throws {
    let root = try write(
      """
      os.mkfifo(folder + "/fifo")
      f.create_dataset("raw", (4,), "u1", external=[("/etc/passwd", 0, 4)])
      f.create_dataset("waiting", (4,), "u1", external=[(folder + "/fifo", 0, 4)])
      for name, source in [("virtual", folder + "/fifo"), ("own", ".")]:
          layout = h5py.VirtualLayout((4,), "u1")
          layout[:] = h5py.VirtualSource(source, "x", (4,))
          f.create_virtual_dataset(name, layout)
      """)
    for name in ["raw", "waiting", "virtual", "own"] {
      expect(.wrongType, "other files") { _ = try root.dataset(name) }
    }
  }

  @Test func sizesThatTheFileDoesNotHold() throws {
    let root = try write(
      """
      f.create_dataset("bomb", (400_000_000,), "f4", chunks=(1 << 20,), compression="gzip", fillvalue=0)[:1 << 22] = 0
      f.create_dataset("unwritten", (8,), "f4")
      f.create_dataset("huge", (1 << 60,), "f4", chunks=(1 << 10,))
      f.create_dataset("chunk", (8,), "f4", maxshape=(None,), chunks=(1 << 28,), compression="gzip")
      f.create_dataset("partly", (64,), "f4", chunks=(8,))[:8] = 1
      """)
    for name in ["bomb", "unwritten", "huge", "chunk", "partly"] {
      expect(.wrongShape, name == "unwritten" || name == "huge" || name == "chunk" ? "never written" : "claims") {
        _ = try root.dataset(name).read(as: Float.self)
      }
    }
  }

  @Test func whatIsAllRightIsRead() throws {
    let root = try write(
      """
      x = np.arange(6000, dtype="f4")
      for name, options in [("plain", {}), ("gzip", dict(compression="gzip")), ("all", dict(compression="gzip", shuffle=True, fletcher32=True)),
                            ("chunks", dict(chunks=(4096,))), ("big", dict(dtype=">f8")), ("short", dict(dtype="<i2")), ("compact", {})]:
          f.create_dataset(name, data=x, **options)
      f.create_dataset("zeros", data=np.zeros(100_000, "f4"), compression="gzip")
      """)
    for name in ["plain", "gzip", "all", "chunks", "big", "short"] {
      #expect(try root.dataset(name).read() == (0..<6000).map { Float($0) }, "\(name)")
    }
    #expect(try root.dataset("zeros").read() == [Float](repeating: 0, count: 100_000))
  }

  @Test func otherFiltersAndNumbersAreRefused() throws {
    let root = try write(
      """
      f.create_dataset("lzf", data=np.arange(6000), compression="lzf")
      f.create_dataset("scaled", data=np.arange(6000), scaleoffset=2)
      t = h5py.h5t.IEEE_F32LE.copy(); t.set_fields(31, 20, 11, 0, 20)
      h5py.h5d.create(f.id, b"odd", t, h5py.h5s.create_simple((1,))).write(h5py.h5s.ALL, h5py.h5s.ALL, np.ones(1, "f4"))
      """)
    for name in ["lzf", "scaled"] { expect(.wrongType, "filter") { _ = try root.dataset(name) } }
    expect(.wrongType, "plain numbers") { _ = try root.dataset("odd").read(as: Float.self) }
  }
}
