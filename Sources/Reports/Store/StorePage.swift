package import Inspection
internal import Plots
internal import SystemSupport
package import Windows

/// A store as a page: what an inspection found, and windows of every activity to look at.
package struct StorePage: Sendable {
  private let inspection: StoreInspection
  private let store: WindowStore

  /// The page of an inspected store.
  package init(_ inspection: StoreInspection, _ store: WindowStore) {
    self.inspection = inspection
    self.store = store
  }

  /// Writes the page. Throws where something is there, unless it may be replaced.
  package func write(_ path: String, overwrite: Bool) throws {
    try Page.write(try html(), to: path, overwrite: overwrite)
  }

  /// The page's text.
  package func html() throws -> String {
    var page = Page(title: lastName(of: inspection.data))
    page.lead = [
      "\(inspection.title): \(inspection.train.windows) training and \(inspection.test.windows) test windows of "
        + "\(store.train.timeSteps) time steps and \(inspection.signalNames.count) signals."
    ]
    if inspection.isSynthetic { page.warnings.append("The recordings are made up (synthetic).") }
    page.warnings += inspection.findings.filter { $0.severity == .warning }.map(\.message)
    page.sections = [
      notes, balance(inspection.train, "Training windows", "train"), balance(inspection.test, "Test windows", "test"),
      signals, try examples(),
    ].compactMap { $0 }
    return try page.html()
  }

  private var notes: Page.Section? {
    let notes = inspection.findings.filter { $0.severity != .warning }.map(\.message)
    guard !notes.isEmpty else { return nil }
    return Page.Section(heading: "Notes", paragraphs: notes)
  }

  private func balance(_ split: SplitInspection, _ heading: String, _ id: String) -> Page.Section? {
    guard split.windows > 0 else { return nil }
    let bars = split.activities.map {
      (name: $0.activity, value: Double($0.windows), interval: ClosedRange<Double>?.none)
    }
    let rows = split.people.map { person in
      ["person \(person.person)", "\(person.windows)"] + person.activities.map(String.init)
    }
    return Page.Section(
      heading: heading,
      tables: [Page.Table(heading: ["person", "windows"] + inspection.activityNames, rows: rows)],
      figures: [
        Page.Figure(
          picture: BarPlot(id: "\(id)-balance", title: "Windows per activity", xLabel: "windows", bars: bars).picture)
      ])
  }

  private var signals: Page.Section {
    let rows = inspection.train.signals.enumerated().map { index, train in
      func figures(_ signal: SignalFigures) -> [String] {
        [Double(signal.minimum), Double(signal.maximum), signal.mean, signal.deviation].map { $0.significant(4) }
      }
      let test = inspection.test.signals.indices.contains(index) ? figures(inspection.test.signals[index]) : []
      return [train.signal] + figures(train) + test
    }
    let columns = ["minimum", "maximum", "mean", "SD"]
    return Page.Section(
      heading: "Signals",
      tables: [
        Page.Table(
          caption: "Of all readings; SD: standard deviation, with divisor n.",
          heading: ["signal"] + columns.map { "train \($0)" } + columns.map { "test \($0)" }, rows: rows)
      ])
  }

  /// The middle training window of every activity.
  private func examples() throws -> Page.Section? {
    let figures = try inspection.activityNames.enumerated().compactMap { label, name -> Page.Figure? in
      let rows = store.train.labels.indices.filter { Int(store.train.labels[$0]) == label }
      guard !rows.isEmpty else { return nil }
      let row = rows[rows.count / 2]
      let plot = SignalPlot(
        id: "example-\(label)", title: name, samplesPerSecond: store.description.samplingRate,
        panels: try store.panels(of: store.train, window: row))
      return Page.Figure(
        picture: plot.picture, caption: "Training window \(row), person \(store.train.subjects[row])")
    }
    guard !figures.isEmpty else { return nil }
    return Page.Section(heading: "A window of each activity", figures: figures)
  }
}
