internal import Plots
internal import Statistics
internal import SystemSupport
internal import Training

/// Several runs side by side, as a page.
package struct ComparisonPage: Sendable {
  private let runs: [RunReport]
  private let comparison: RunComparison

  package init(_ runs: [RunReport]) {
    self.runs = runs
    comparison = RunComparison(runs)
  }

  /// Writes the page. Throws where something is there, unless it may be replaced.
  package func write(_ path: String, overwrite: Bool) throws {
    try Page.write(try html(), to: path, overwrite: overwrite)
  }

  private var networks: [NetworkResults] { runs.flatMap(\.networks) }

  /// The page's text.
  package func html() throws -> String {
    var page = Page(title: "\(runs.count) runs compared")
    page.lead = [
      "Differences are those of the second from the first; intervals hold the true difference 95 times in 100."
    ]
    if Set(runs.map(\.run.configuration.store.sha256)).count > 1 {
      page.warnings = ["The runs are of different stores: their windows can't be compared one by one."]
    }
    if runs.contains(where: \.run.configuration.store.isSynthetic) { page.warnings.append(Page.syntheticWarning) }
    page.sections = [scores, differences] + networks.indices.map(confusion)
    return try page.html()
  }

  private func title(_ network: NetworkResults) -> String { network.title(isOneOfSeveral: true) }

  private var scores: Page.Section {
    let rows = networks.map { network in
      let scores = Scores(network.scores)
      return [
        title(network), "\(network.scores.count)", RunFacts.number(scores.mean, 3),
        RunFacts.number(scores.deviation, 3),
        RunFacts.number(ConfusionMatrix.macroF1(network.confusion), 4),
        RunFacts.number(network.ensemble.map { $0.evaluation.accuracy * 100 }, 3),
        RunFacts.number(network.windowsPerSecond, 0),
      ]
    }
    let box = BoxPlot(
      id: "scores", title: "Test accuracy of the repeats", yLabel: "per cent",
      groups: networks.map { (title($0), $0.scores) })
    return Page.Section(
      tables: [
        Page.Table(
          caption: "Test accuracy in per cent; the deviation has the divisor n.",
          heading: ["network", "repeats", "mean", "+/-", "macro F1", "ensemble", "windows/s"], rows: rows)
      ], figures: [Page.Figure(picture: box.picture)])
  }

  private var differences: Page.Section {
    func interval(_ low: Double, _ high: Double) -> String { "\(low.decimal(digits: 3)) to \(high.decimal(digits: 3))" }
    let rows = comparison.pairs.map { pair in
      [
        "\(pair.second.title) - \(pair.first.title)", pair.difference.decimal(digits: 3),
        pair.welch.map { interval($0.low, $0.high) } ?? "-", RunFacts.number(pair.welch?.p, 4),
        pair.people.map { interval($0.low, $0.high) } ?? "-",
        pair.mcNemar.map { "\($0.onlyFirstRight) : \($0.onlySecondRight)" } ?? "-", RunFacts.number(pair.mcNemar?.p, 4),
      ]
    }
    let plot = IntervalPlot(
      id: "differences", title: "Differences of means", xLabel: "percentage points, 95 % by Welch",
      rows: comparison.pairs.compactMap { pair in
        pair.welch.map { ("\(pair.second.title) - \(pair.first.title)", pair.difference, $0.low, $0.high) }
      })
    return Page.Section(
      heading: "Differences",
      paragraphs: [
        "Over repeats by Welch's t; over people by a bootstrap that draws test people with all of their windows; window by window by "
          + "McNemar's exact test of the ensembles (windows that one alone has right)."
      ],
      tables: [
        Page.Table(
          heading: ["difference", "points", "over repeats", "p", "over people", "windows", "p (McNemar)"], rows: rows)
      ],
      figures: comparison.pairs.contains { $0.welch != nil } ? [Page.Figure(picture: plot.picture)] : [])
  }

  private func confusion(_ index: Int) -> Page.Section {
    Page.Section(
      heading: title(networks[index]),
      figures: [
        networks[index].confusionPicture("network-\(index)"), networks[index].peoplePicture("network-\(index)"),
      ]
      .compactMap { $0.map { Page.Figure(picture: $0.picture) } })
  }
}
