import CommandSupport
import Inspection
import SystemSupport

/// Columns that text for people keeps within.
private let columns = 80

extension StoreInspection {
  /// As text within 80 columns: the splits' activities and people, the signals, and the findings.
  var report: String {
    let sections = [heading, section("train", train), section("test", test), signalTable, findingLines]
    return sections.joined(separator: "\n\n")
  }

  private var heading: String {
    let lengths = train.timeSteps == test.timeSteps ? "\(train.timeSteps)" : "\(train.timeSteps) and \(test.timeSteps)"
    let facts =
      ": \(train.windows + test.windows) windows of \(lengths) × \(signalNames.count)"
      + (samplingRateHz.map { " at \($0.significant(4)) Hz" } ?? "") + (isSynthetic ? ", synthetic" : ", not synthetic")
    // The end of a path says more than its beginning.
    let path = printable(data)
    let room = max(12, columns - facts.count)
    return (path.count <= room ? path : "…" + path.suffix(room - 1)) + facts
  }

  private func section(_ name: String, _ split: SplitInspection) -> String {
    let numbers = (counts: max(7, "\(split.windows)".count), share: 7)
    let names = split.activities.map { printable($0.activity) }
    let width = max(8, min(36, names.map(\.count).max() ?? 0))
    let room = columns - width - numbers.counts - numbers.share - 4
    let most = split.activities.map(\.windows).max() ?? 0
    let rows = zip(names, split.activities).map { name, activity in
      let length = most == 0 ? 0 : Int((Double(activity.windows) / Double(most) * Double(room)).rounded())
      let bar = String(repeating: "█", count: activity.windows == 0 ? 0 : max(1, length))
      return [name, "\(activity.windows)", "\((activity.share * 100).decimal(digits: 1))%", bar]
    }
    let title = "\(name): \(counted(split.windows, "window")), \(counted(split.people.count, "person", "people"))"
    let table = PrintedTable(
      [.left(width), .right(numbers.counts + 2, gap: 0), .right(numbers.share, gap: 0), .left()],
      [["activity", "windows", "share"]] + rows)
    return ([title, table.text] + people(split)).joined(separator: "\n")
  }

  /// Who has the fewest and the most windows; everybody where that is not more.
  private func people(_ split: SplitInspection) -> [String] {
    let ends = 3
    let sorted = split.people.sorted { ($0.windows, $0.person) < ($1.windows, $1.person) }
    func line(_ title: String, _ people: some Sequence<SplitInspection.Person>) -> String {
      "\(title) " + people.map { "\($0.person) (\($0.windows))" }.joined(separator: ", ")
    }
    if sorted.count <= 2 * ends { return [line("windows by person:", sorted)] }
    return [
      line("people with the fewest windows:", sorted.prefix(ends)),
      line("people with the most windows:  ", sorted.suffix(ends).reversed()),
    ]
  }

  private var signalTable: String {
    let number = 11
    let names = signalNames.map { printable($0) }
    let width = max(8, min(columns - 7 - 4 * number, names.map(\.count).max() ?? 0))
    let rows = signalNames.indices.flatMap { channel in
      [("train", train), ("test", test)].compactMap { name, split -> [String]? in
        guard split.signals.indices.contains(channel) else { return nil }
        let signal = split.signals[channel]
        let figures = [Double(signal.minimum), Double(signal.maximum), signal.mean, signal.deviation]
        return [name == "train" ? names[channel] : "", name] + figures.map { $0.significant(4) }
      }
    }
    return PrintedTable(
      [.left(width), .left(5)] + Array(repeating: .right(number, gap: 0), count: 4),
      [["signal", "split", "minimum", "maximum", "mean", "deviation"]] + rows
    ).text
  }

  private var findingLines: String {
    guard !findings.isEmpty else { return "Nothing suspicious was found." }
    return findings.map { finding in
      wrapped(printable(finding.message), after: finding.severity == .warning ? "! " : "note: ")
    }.joined(separator: "\n")
  }

  /// Text behind a prefix, its further lines set in as far.
  private func wrapped(_ text: String, after prefix: String) -> String {
    let room = columns - prefix.count
    var lines = [""]
    for word in text.split(separator: " ").map(String.init) {
      let word = word.count <= room ? word : word.left(room)
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = word
      } else if last.count + 1 + word.count <= room {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(word)
      }
    }
    return prefix + lines.joined(separator: "\n" + String(repeating: " ", count: prefix.count))
  }
}
