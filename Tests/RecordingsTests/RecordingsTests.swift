import Recordings
import Testing
import Windows
import _TestSupport

@Suite("The real recordings")
struct RecordingsTests {
  @Test(
    .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"),
    .enabled(if: Outside.recordings != nil, "\(Outside.recordingsHint)"))
  func storeEqualsPandasToTheBit() throws {
    let recordings = try #require(Outside.recordings)
    let directory = try TemporaryDirectory()
    let path = directory.path("store.h5")
    let folder = try RecordingFolder(path: recordings)
    _ = try Conversion(folder: folder, storePath: path, threads: 4).run()
    let result = try Outside.runPython(
      """
      import sys, h5py, numpy as np, pandas as pd
      folder, path = sys.argv[1:]
      store = h5py.File(path, "r")
      def read(file):
          return pd.read_csv(file, header=None, sep=r"\\s+", float_precision="round_trip").to_numpy()
      for split in ["train", "test"]:
          X = np.stack([read(f"{folder}/{split}/Inertial Signals/{name}_{split}.txt").astype("float32")
                        for name in store.attrs["signal_names"]], axis=-1)
          found = store[split]["X"]
          assert found.dtype == np.float32 and found.shape == X.shape
          assert np.array_equal(found[...].view(np.uint32), X.view(np.uint32))
          assert [d.label for d in found.dims] == ["sample", "timestep", "signal"]
          y = store[split]["y"]; subject = store[split]["subject"]
          assert y.dtype == np.uint8 and subject.dtype == np.uint8
          assert np.array_equal(y[...] + 1, read(f"{folder}/{split}/y_{split}.txt")[:, 0])
          assert np.array_equal(subject[...], read(f"{folder}/{split}/subject_{split}.txt")[:, 0])
      """, [recordings, path])
    #expect(result.status == 0, "\(result.standardError)")
  }

  @Test(.enabled(if: Outside.recordings != nil, "\(Outside.recordingsHint)"))
  func countsAndPeople() throws {
    let recordings = try #require(Outside.recordings)
    let directory = try TemporaryDirectory()
    let path = directory.path("store.h5")
    _ = try Conversion(folder: try RecordingFolder(path: recordings), storePath: path, threads: 2).run()
    let store = try WindowStore.read(path: path)
    #expect(store.train.count == 7352)
    #expect(store.test.count == 2947)
    #expect(Set(store.test.subjects) == [2, 4, 9, 10, 12, 13, 18, 20, 24])
    #expect(Set(store.train.subjects).union(store.test.subjects) == Set(1...30))
  }
}
