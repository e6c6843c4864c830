import Foundation
import Inspection
import Testing
import Windows
import _TestSupport

/// Counts and figures of a store against numpy and pandas.
@Suite("A store's figures", .enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
struct StoreInspectionTests {
  private struct Expected: Decodable {
    struct Signal: Decodable {
      let minimum: Float
      let maximum: Float
      let mean: Double
      let deviation: Double
      let low: Double
      let high: Double
      let constant: Int
    }

    struct Split: Decodable {
      let activities: [Int]
      let people: [Int]
      /// By person and activity.
      let table: [[Int]]
      let signals: [Signal]
      let anyConstant: Int
      let pairs: Int
      let overlaps: Int
      let repeats: [[Int]]
      let conflicts: Int
    }

    let train: Split
    let test: Split
    let between: [[Int]]
    let betweenConflicts: Int
  }

  private static let script = """
    import json, sys, h5py, numpy as np, pandas as pd
    def frame(X): return pd.DataFrame(X.reshape(len(X), -1).view("u4"))
    def rows(found, firsts): return [[int(i), int(j)] for i, j in zip(found, firsts)]
    store, report = h5py.File(sys.argv[1]), {}
    names, frames, labels = len(store.attrs["activity_names"]), {}, {}
    for split in ["train", "test"]:
        X, y, p = (store[f"{split}/{name}"][:] for name in ["X", "y", "subject"])
        table = pd.crosstab(p, y).reindex(columns=range(names), fill_value=0)
        flat = X.reshape(-1, X.shape[2])
        constant = X.std(1, dtype="f8") == 0
        moving = flat.min(0) != flat.max(0)
        half = X.shape[1] // 2
        same = p[1:] == p[:-1]
        overlap = (X[:-1, -half:] == X[1:, :half]).all((1, 2))
        content = frame(X)
        first = pd.Series(range(len(X))).groupby(content.apply(tuple, axis=1)).transform("min").values
        again = np.flatnonzero(content.duplicated().values)
        frames[split], labels[split] = content, y
        report[split] = dict(
            activities=np.bincount(y, minlength=names).tolist(), people=table.index.tolist(), table=table.values.tolist(),
            signals=[dict(minimum=float(c.min()), maximum=float(c.max()), mean=c.mean(dtype="f8"), deviation=c.std(dtype="f8"),
                          low=(c == c.min()).mean(), high=(c == c.max()).mean(), constant=int(constant[:, k].sum()))
                     for k, c in enumerate(flat.T)],
            anyConstant=int(constant[:, moving].any(1).sum()), pairs=int(same.sum()), overlaps=int((same & overlap).sum()),
            repeats=rows(again, first[again]), conflicts=int((y[again] != y[first[again]]).sum()))
    known = {}
    for row, content in enumerate(frames["train"].apply(tuple, axis=1)): known.setdefault(content, row)
    found = [(i, known[c]) for i, c in enumerate(frames["test"].apply(tuple, axis=1)) if c in known]
    report["between"] = rows(*zip(*found)) if found else []
    report["betweenConflicts"] = sum(int(labels["test"][i] != labels["train"][j]) for i, j in found)
    print(json.dumps(report))
    """

  /// Windows that repeat, overlap and stand still, people with different shares of the activities, signals of every size.
  private var store: HandMadeStore {
    var store = HandMadeStore()
    store.activities = ["x", "y", "z", "never"]
    store.timeSteps = 7
    store.signals = ["a", "large", "small", "fixed", "clipped"]
    func part(_ count: Int, _ people: [UInt8], _ seed: Int) -> HandMadeStore.Part {
      var windows = (0..<count).map { _ in
        store.window().enumerated().map { place, value in
          switch place % 5 {
          case 1: value * 3e30 + 1e30
          case 2: value * 1e-38
          case 3: Float(0.1)
          case 4: max(-0.25, min(0.3, value))
          default: value
          }
        }
      }
      for row in stride(from: 3, to: count, by: 4) {
        windows[row].replaceSubrange(0..<15, with: windows[row - 1][20...])
      }
      for row in stride(from: 30, to: count, by: 5) { windows[row] = windows[row - 30] }
      for row in stride(from: 5, to: count, by: 11) { windows[row] = store.changed(windows[row], 2) { _ in 0x1p-130 } }
      for row in stride(from: 5, to: count, by: 22) { windows[row] = store.changed(windows[row], 0) { _ in -0.125 } }
      return HandMadeStore.Part(
        windows: windows, labels: (0..<count).map { UInt8($0 / 4 * seed % 3) },
        subjects: (0..<count).map { people[$0 * people.count / count] })
    }
    store.train = part(211, [5, 7, 9, 200], 2)
    store.test = part(97, [7, 11], 1)
    for row in stride(from: 1, to: 97, by: 13) { store.test.windows[row] = store.train.windows[row * 2] }
    return store
  }

  @Test func areThoseOfNumpyAndPandas() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("store.h5")
    try store.write(path)
    let result = try Outside.runPython(Self.script, [path])
    try #require(result.status == 0, "\(result.standardError)")
    let expected = try JSONDecoder().decode(Expected.self, from: Data(result.standardOutput.utf8))
    let found = StoreInspection(try WindowStore.read(path: path))

    func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * max(abs(a), abs(b)) }
    for (split, wanted) in [(found.train, expected.train), (found.test, expected.test)] {
      #expect(split.activities.map(\.windows) == wanted.activities)
      #expect(split.windows == wanted.activities.reduce(0, +))
      #expect(
        split.activities.map(\.share) == wanted.activities.map { Double($0) / Double(split.windows) })
      #expect(split.people.map(\.person) == wanted.people)
      #expect(split.people.map(\.activities) == wanted.table)
      #expect(split.people.map(\.windows) == wanted.table.map { $0.reduce(0, +) })
      #expect(split.windowsWithConstantSignal == wanted.anyConstant && wanted.anyConstant > 0)
      #expect(split.consecutivePairs == wanted.pairs)
      #expect(split.overlappingPairs == wanted.overlaps && wanted.overlaps > 0)
      #expect(split.signals.map(\.signal) == store.signals)
      for (signal, figures) in zip(split.signals, wanted.signals) {
        #expect(signal.minimum == figures.minimum && signal.maximum == figures.maximum)
        // numpy's mean of equal readings is off by some rounding, and so its deviation is not quite zero.
        let isFixed = signal.signal == "fixed"
        #expect(abs(signal.mean - figures.mean) <= 1e-13 * max(abs(figures.mean), figures.deviation), "\(signal)")
        #expect(isFixed ? signal.deviation == 0 : near(signal.deviation, figures.deviation), "\(signal)")
        #expect(near(signal.shareAtMinimum, figures.low) && near(signal.shareAtMaximum, figures.high))
        #expect(isFixed ? signal.constantWindows == split.windows : signal.constantWindows == figures.constant)
      }
    }
    func isSame(_ found: WindowDuplicates, _ rows: [[Int]], _ conflicts: Int) -> Bool {
      found.windows == rows.count && found.withAnotherActivity == conflicts
        && found.examples.map { [$0.window, $0.equals] } == Array(rows.prefix(WindowDuplicates.exampleCount))
    }
    #expect(isSame(found.duplicates.train, expected.train.repeats, expected.train.conflicts))
    #expect(isSame(found.duplicates.test, expected.test.repeats, expected.test.conflicts))
    #expect(isSame(found.duplicates.between, expected.between, expected.betweenConflicts))
    #expect(expected.train.repeats.count > 5 && expected.test.repeats.count > 5 && expected.between.count > 5)
    #expect(expected.train.conflicts > 0 && expected.betweenConflicts > 0)
  }

  /// Where every window has the same hash, only comparing tells them apart.
  @Test func hashesDecideNothing() throws {
    let store = try store.read()
    let right = DuplicateSummary(train: store.train, test: store.test)
    #expect(right.train.windows > 0)
    #expect(DuplicateSummary(train: store.train, test: store.test, hash: { _ in 1 }) == right)
    #expect(DuplicateSummary(train: store.train, test: store.test, hash: { Int($0[0] % 3) }) == right)
  }
}
