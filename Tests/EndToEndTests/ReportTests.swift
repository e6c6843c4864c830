import Foundation
import Testing
import _TestSupport

/// What a run's folder shows to somebody who opens it: the page, its pictures, event files, and comparisons.
@Suite("Reports")
struct ReportTests {
  let directory: TemporaryDirectory
  let train = Executable(product: "har-train")

  /// Two repeats of all networks.
  init() throws {
    directory = try TemporaryDirectory()
    try directory.makeStore(size: 90)
    let trained = try train.run(
      Self.options + ["--output", "a", "--seed", "1", "--svg", "--tensorboard"], in: directory.path)
    #expect(trained.status == 0, "\(trained.standardError)")
  }

  private static let options = [
    "--data", "store.h5", "--model", "all", "--units", "4", "--filters", "4", "--epochs", "2", "--repeats", "2",
    "--batch-size", "16", "--quiet",
  ]

  private func run(_ arguments: String...) throws -> ProcessResult { try train.run(arguments, in: directory.path) }
  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: directory.path(name), encoding: .utf8)
  }
  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func pageHoldsWhatTheTablesSay() throws {
    let page = try text("a/report.html")
    for network in ["lstm", "cnn-lstm", "conv-lstm"] {
      let scores = try json(try text("a/\(network)/scores.json"))
      let mean = try #require(scores["mean"] as? Double)
      #expect(page.contains("<td>\(String(format: "%.3f", mean))</td>"))
      for part in try #require(scores["repeats"] as? [[String: Any]]) {
        #expect(page.contains(try #require(part["weights_sha256"] as? String)))
      }
    }
    // Nothing is fetched: the only addresses name the vocabulary of SVG.
    let addresses = page.matches(of: /(https?:)?\/\/[a-z][a-z0-9.-]*\.[a-z]+[^"' )<]*/).map { String($0.output.0) }
    #expect(Set(addresses) == ["http://www.w3.org/2000/svg"], "\(Set(addresses))")
    #expect(!page.contains("<script") && !page.contains("@import"))
    #expect(page.matches(of: /url\((?!#)/).isEmpty)
    #expect(page.contains("made up (synthetic)"))
    #expect(page.firstMatch(of: /[>" ]-?(nan|inf)[<" ]/) == nil)

    // The same page comes of the folder alone.
    #expect(try run("report", "a").standardOutput == "a/report.html\n")
    #expect(try text("a/report.html") == page)
  }

  @Test func itsCommandTrainsTheSameAnew() throws {
    let page = try text("a/report.html")
    let command = try #require(page.firstMatch(of: /<pre>har-train ([^<]*)<\/pre>/)).output.1
    let elsewhere = try TemporaryDirectory()
    let again = try Executable(path: "/bin/bash").run(
      ["-c", "\"$0\" \(command) --output again --quiet", train.path], in: elsewhere.path)
    #expect(again.status == 0, "\(again.standardError)")
    for network in ["lstm", "cnn-lstm", "conv-lstm"] {
      func digests(_ path: String) throws -> [String] {
        let scores = try json(try String(contentsOfFile: path, encoding: .utf8))
        return (scores["repeats"] as? [[String: Any]] ?? []).compactMap { $0["weights_sha256"] as? String }
      }
      let found = try digests(elsewhere.path("again/\(network)/scores.json"))
      #expect(found.count == 2)
      #expect(try found == digests(directory.path("a/\(network)/scores.json")))
    }
  }

  @Test func withoutItsStoreItSaysWhatIsMissing() throws {
    try FileManager.default.moveItem(atPath: directory.path("store.h5"), toPath: directory.path("moved.h5"))
    let result = try run("report", "a")
    #expect(result.status == 0)
    #expect(result.errorLines.count == 1 && result.standardError.contains("the store is not there"))
    #expect(try text("a/report.html").contains("Accuracy per person, calibration and examples are missing"))
    #expect(try run("report", "a", "--data", "moved.h5").standardError == "")
    #expect(try text("a/report.html").contains("Accuracy per test person"))
    try directory.write("another", to: "other.h5")
    #expect(try run("report", "a", "--data", "other.h5").standardError.contains("is another store than a"))
    let nowhere = try run("report", "nowhere")
    #expect(nowhere.status == 66 && nowhere.standardError.contains("found nothing there, expected a run's folder"))
  }

  /// A page that would say less than the scores takes no other's place.
  @Test func withoutCheckpointsThereIsNoReport() throws {
    let page = try text("a/report.html")
    let checkpoint = directory.path("a/lstm/checkpoints/repeat-02.h5")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: checkpoint))
    try bytes.prefix(1000).write(to: URL(fileURLWithPath: checkpoint))
    let result = try run("report", "a")
    #expect(result.status == 65, "\(result.standardError)")
    #expect(result.standardError.contains("scores.json: has scores of the repeats 2, whose checkpoints are missing"))
    #expect(try text("a/report.html") == page)
  }

  /// What was asked for later, and which kernels rounded, is in the command too.
  @Test func commandsOfResumedRunsAndOtherKernels() throws {
    let extended = try run("resume", "a", "--epochs", "3", "--quiet")
    #expect(extended.status == 0, "\(extended.standardError)")
    #expect(try text("a/report.html").contains("--epochs 3 "))
    let kernels = try train.run(
      ["--data", "store.h5", "--units", "2", "--epochs", "1", "--repeats", "1", "--quiet", "--output", "k"],
      environment: ["HAR_KERNELS": "baseline"], in: directory.path)
    #expect(kernels.status == 0)
    #expect(try text("k/report.html").contains("<pre>HAR_KERNELS=baseline har-train --data"))
  }

  @Test(.enabled(if: Outside.python != nil, Comment(rawValue: Outside.pythonHint)))
  func picturesAreXML() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path("a/plots"))
    for name in ["scores.svg", "lstm-loss.svg", "cnn-lstm-confusion.svg", "conv-lstm-people.svg"] {
      #expect(names.contains(name))
    }
    let checked = try Outside.runPython(
      """
      import glob, sys, xml.etree.ElementTree as tree
      for path in glob.glob(sys.argv[1] + "/*.svg"):
          root = tree.parse(path).getroot()
          assert root.tag == "{http://www.w3.org/2000/svg}svg" and root.get("viewBox") and len(root) > 3, path
          assert "nan" not in open(path).read().lower().split("</style>")[1], path
      """, [directory.path("a/plots")])
    #expect(checked.status == 0, "\(checked.standardError)")
  }

  /// The curves are those of metrics.csv, as TensorBoard itself reads them.
  @Test(.enabled(if: Outside.python != nil, Comment(rawValue: Outside.pythonHint)))
  func eventFilesHoldTheMetrics() throws {
    let read = try Outside.runPython(
      """
      import sys, json, os
      try:
          from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      except ImportError:
          sys.exit(77)
      import pandas
      for network in ["lstm", "cnn-lstm", "conv-lstm"]:
          table = pandas.read_csv(f"{sys.argv[1]}/{network}/metrics.csv")
          scores = json.load(open(f"{sys.argv[1]}/{network}/scores.json"))["repeats"]
          for number in [1, 2]:
              events = EventAccumulator(f"{sys.argv[1]}/tb/{network}/repeat-{number:02}")
              events.Reload()
              rows = table[table["repeat"] == number]
              for tag, column in [("loss/training", "loss"), ("accuracy/training", "accuracy"),
                                  ("learning_rate", "learning_rate"), ("windows_per_second", "samples_per_second")]:
                  found = events.Scalars(tag)
                  assert [event.step for event in found] == list(rows["epoch"]), (tag, found)
                  for event, expected in zip(found, rows[column]):
                      assert abs(event.value - expected) <= 1e-6 * abs(expected), (tag, event, expected)
              accuracy = events.Scalars("test/accuracy")[-1].value
              assert abs(accuracy * 100 - scores[number - 1]["score"]) < 1e-4
      """, [directory.path("a")])
    #expect(read.status == 0 || read.status == 77, "\(read.standardError)")
    // `report` writes the same files from the folder.
    func bytes() throws -> [String: Data] {
      let root = directory.path("a/tb")
      let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
      return Dictionary(
        uniqueKeysWithValues: try names.filter { $0.contains("tfevents") }.map {
          ($0, try Data(contentsOf: URL(fileURLWithPath: "\(root)/\($0)")))
        })
    }
    let written = try bytes()
    #expect(written.count == 6)
    try directory.remove("a/tb")
    #expect(try run("report", "a", "--tensorboard").standardOutput == "a/report.html\na/tb\n")
    #expect(try bytes() == written)
  }

  @Test func comparesRuns() throws {
    let other = try train.run(
      Self.options + ["--output", "b", "--seed", "2", "--learning-rate", "0.01"], in: directory.path)
    #expect(other.status == 0)
    let compared = try run("compare", "a", "b", "--json")
    #expect(compared.status == 0, "\(compared.standardError)")
    let pairs = try #require(try json(compared.standardOutput)["pairs"] as? [[String: Any]])
    #expect(
      pairs.compactMap { ($0["second"] as? [String: Any])?["network"] as? String } == ["lstm", "cnn-lstm", "conv-lstm"])
    for pair in pairs {
      func mean(_ side: String) -> Double { (pair[side] as? [String: Any])?["mean"] as? Double ?? .nan }
      let difference = try #require(pair["difference"] as? Double)
      #expect(abs(mean("second") - mean("first") - difference) < 1e-9)
      let people = try #require(pair["people"] as? [String: Any])
      #expect(people["people"] as? Int == 9)
      // All repeats judge the same windows, so that both differences are the same.
      #expect(abs((people["difference"] as? Double ?? .nan) - difference) < 1e-6)
      #expect(pair["mc_nemar"] != nil)
    }
    let text = try run("compare", "a", "b").standardOutput
    #expect(text.contains("percentage points") && text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(try run("compare", "a", "a").standardOutput.contains("B - A: 0.000 percentage points"))

    let page = try run("report", "a", "b", "--output", "both.html")
    #expect(page.standardOutput == "both.html\n")
    #expect(try self.text("both.html").contains("Differences of means"))
    #expect(try run("report", "a", "b", "--svg").status == 64)
    // What is there stays there.
    #expect(try run("report", "a", "b", "--output", "both.html").status == 73)
    #expect(try run("report", "a", "b", "--output", "both.html", "--overwrite").status == 0)

    // Runs of other networks are compared by what they share, never with themselves.
    let alone = try train.run(
      [
        "--data", "store.h5", "--model", "cnn-lstm", "--units", "4", "--filters", "4", "--epochs", "1", "--repeats",
        "2",
      ]
        + ["--output", "c", "--quiet"], in: directory.path)
    #expect(alone.status == 0)
    let shared = try #require(
      try json(try run("compare", "a", "c", "--json").standardOutput)["pairs"] as? [[String: Any]])
    #expect(shared.count == 1)
    for (side, folder) in [("first", "a"), ("second", "c")] {
      let found = try #require(shared.first?[side] as? [String: Any])
      #expect(found["run"] as? String == folder && found["network"] as? String == "cnn-lstm")
    }
  }

  @Test func aSearchHasAPage() throws {
    try directory.write(
      "options: {epochs: 1}\nparameters: {units: [2, 4], learning-rate: [0.001, 0.01]}\nfolds: 2", to: "space.yaml")
    let searched = try train.run(
      ["tune", "space.yaml", "--data", "store.h5", "--budget", "4", "--repeats", "1", "--quiet", "--output", "search"],
      in: directory.path)
    #expect(searched.status == 0, "\(searched.standardError)")
    let page = try text("search/report.html")
    #expect(page.contains("learning-rate") && page.contains("Ranking"))
    let space = URL(fileURLWithPath: directory.path("space.yaml")).standardizedFileURL.path
    #expect(page.contains("<pre>har-train tune \(space) --data "))
    #expect(try text("search/final/report.html").contains("Reproduce"))
    #expect(try run("compare", "search", "a").standardError.contains("search: is a search"))
    #expect(try run("report", "search", "--svg").status == 64)
    #expect(try run("report", "search").standardOutput == "search/report.html\n")
    #expect(try text("search/report.html") == page)
  }

  /// In a browser every picture is there, nothing is wider than the window, and nothing is asked of anybody.
  @Test(
    .enabled(if: Outside.browser != nil, Comment(rawValue: Outside.browserHint)), arguments: [1280, 500, 390])
  func inABrowser(_ width: Int) throws {
    let probe = """
      <script>
      addEventListener("load", () => {
        const pictures = [...document.querySelectorAll("svg.plot")];
        const seen = pictures.filter(svg => { const box = svg.getBoundingClientRect(); return box.width > 100 && box.height > 50; });
        const texts = [...document.querySelectorAll("svg.plot text")].filter(text => {
          const box = text.getBoundingClientRect(), frame = text.ownerSVGElement.getBoundingClientRect();
          return box.left < frame.left - 2 || box.right > frame.right + 2 || box.bottom > frame.bottom + 2;
        });
        const sizes = [...document.querySelectorAll("svg.plot text")].map(
          text => parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.getScreenCTM().a);
        parent.postMessage([pictures.length, seen.length, document.documentElement.scrollWidth - innerWidth, texts.length,
          performance.getEntriesByType("resource").length, innerWidth, Math.round(10 * Math.min(...sizes))].join(" "), "*");
      });
      </script></body>
      """
    let page = try text("a/report.html").replacingOccurrences(of: "</body>", with: probe)
    _ = try directory.write(page, to: "probe.html")
    // A window of a browser can't be as narrow as a telephone's, but a frame in it can.
    let file = try directory.write(
      """
      <!doctype html><script>addEventListener("message", event => document.title = event.data)</script>
      <title></title><iframe src="probe.html" style="width: \(width)px; height: 900px; border: 0"></iframe>
      """, to: "frame.html")
    let shown = try #require(Outside.browser).run(
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1400,900", "--dump-dom",
        "--virtual-time-budget=10000", "--user-data-dir=\(directory.path("browser"))", "file://\(file)",
      ])
    let title = try #require(shown.standardOutput.firstMatch(of: /<title>([^<]*)<\/title>/)).output.1
    let numbers = title.split(separator: " ").compactMap { Int($0) }
    try #require(numbers.count == 7, "\(title)")
    // The box plot, and of each network two curves, confusion, people and calibration at least.
    #expect(numbers[0] >= 16)
    #expect(numbers[1] == numbers[0], "pictures of no size")
    #expect(numbers[2] <= 0, "wider than the window by \(numbers[2])")
    #expect(numbers[3] == 0, "texts that are cut off")
    #expect(numbers[4] == 0, "requests")
    #expect(numbers[5] == width)
    #expect(numbers[6] >= 110, "text of \(numbers[6]) tenths of a pixel")
  }
}
