import HDF5
import Testing
import _TestSupport

@Suite("h5py and we read each other's files", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
struct H5pyTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path("file.h5")
  }

  @Test func h5pyReadsOurs() throws {
    let file = try File.create(path)
    let root = try file.root
    let x = try root.createDataset(
      "train/X", of: Float.self, shape: [4, 3, 2], chunk: [2, 3, 2], compression: .gzip(level: 4))
    try x.write((0..<24).map { Float($0) })
    try x.setDimensionLabels(["sample", "timestep", "signal"])
    try root.writeDataset("train/y", [UInt8](0..<4), shape: [4])
    try root.writeStringDataset("name", "Größe")
    try root.setAttribute("title", .string("Größe"))
    try root.setAttribute("keras_version", .bytes("2.9.0"))
    try root.setAttribute("signal_names", .strings(["a", "bc"]))
    try root.setAttribute("layer_names", .fixedLengthStrings(["lstm", "dense_1"]))
    let long = String(repeating: "ü", count: 50_000)
    for (name, value) in [("fixed", "Größe"), ("empty", ""), ("long", long)] {
      try root.setAttribute(name, .fixedLengthString(value))
    }
    try root.setAttribute("rate", .double(50))
    try root.setAttribute("version", .integer(1))
    let names = (0..<3000).map { "a_rather_long_name_of_a_layer_\($0)" }
    try root.createGroup("w").setAttribute("weight_names", .fixedLengthStrings(names))
    try file.close()

    let result = try Outside.runPython(
      """
      import h5py, numpy as np, sys
      f = h5py.File(sys.argv[1], "r")
      X = f["train/X"]
      assert X.dtype == np.float32 and X.compression == "gzip", X
      assert np.array_equal(X[...], np.arange(24).reshape(4, 3, 2))
      assert [d.label for d in X.dims] == ["sample", "timestep", "signal"]
      assert f["train/y"].dtype == np.uint8
      assert f["name"][()].decode() == f["name"].asstr()[()] == "Größe"
      a = f.attrs
      assert a["title"] == "Größe" and a["keras_version"] == "2.9.0"
      assert list(a["signal_names"]) == ["a", "bc"]
      assert a["layer_names"].dtype == "S7" and [n.decode() for n in a["layer_names"]] == ["lstm", "dense_1"]
      assert a["fixed"].decode() == "Größe" and a["empty"] == b"" and a["long"].decode() == 50_000 * "ü"
      fixed = a.get_id("fixed").get_type()
      assert fixed.get_cset() == h5py.h5t.CSET_UTF8 and not fixed.is_variable_str() and fixed.get_size() == 7
      assert a["rate"] == 50.0 and a["version"] == 1 and a["version"].shape == ()
      assert len(f["w"].attrs["weight_names"]) == 3000 and f["w"].attrs["weight_names"].nbytes > 65536
      """, [path])
    #expect(result.status == 0, "\(result.standardError)")
  }

  @Test func weReadH5pys() throws {
    let result = try Outside.runPython(
      """
      import h5py, numpy as np, sys
      f = h5py.File(sys.argv[1], "w")
      f["double"] = np.array([[0.5, 0.25]])
      f["big_endian"] = np.array([1.5, -2], dtype=">f4")
      f["text"] = "Größe"
      f["bytes"] = np.bytes_(b"abc")
      f.attrs["str"] = "Größe"
      f.attrs["bytes"] = b"2.9.0"
      f.attrs["fixed"] = np.bytes_(b"fixed")
      f.attrs["names"] = np.array([b"lstm", b"dense_1"])
      f.attrs["strs"] = ["a", "", "ccc"]
      f.attrs["empty_list"] = []
      f.attrs["empty"] = h5py.Empty("f")
      f.attrs["int"] = 7
      f.attrs["float"] = 0.1
      f.attrs["floats"] = np.array([1, 2], dtype="f4")
      f.create_dataset("half", data=np.ones(3, dtype="f2"))
      g = f.create_group("layers", track_order=True)
      g.create_group("z"); g.create_group("a")
      """, [path])
    try #require(result.status == 0, "\(result.standardError)")
    let root = try File.open(path).root
    #expect(try root.dataset("double").read() == [Float(0.5), 0.25])
    #expect(try root.dataset("big_endian").read() == [Float(1.5), -2])
    #expect(try root.dataset("half").read() == [Float](repeating: 1, count: 3))
    #expect(try root.dataset("text").string() == "Größe")
    #expect(try root.dataset("bytes").string() == "abc")
    #expect(try root.attribute("str").string() == "Größe")
    #expect(try root.attribute("bytes").string() == "2.9.0")
    #expect(try root.attribute("fixed").string() == "fixed")
    #expect(try root.attribute("names").strings() == ["lstm", "dense_1"])
    #expect(try root.attribute("strs").strings() == ["a", "", "ccc"])
    #expect(try root.attribute("empty_list").strings() == [])
    #expect(try root.attribute("empty").strings() == [])
    #expect(try root.attribute("int").integer() == 7)
    #expect(try root.attribute("int").double() == 7)
    #expect(try root.attribute("float").double() == 0.1)
    #expect(try root.attribute("floats").read() == [1, Double(2)])
    #expect(try root.group("layers").memberNames() == ["a", "z"])
  }
}
