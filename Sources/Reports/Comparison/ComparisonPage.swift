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
      "Every later run is compared with the first run: a difference is its accuracy minus the first run's, in percentage points, "
        + "with 95 % confidence intervals."
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
      id: "scores", title: "Test accuracy of the repeats", yLabel: "accuracy (%)",
      groups: networks.map { (title($0), $0.scores) })
    return Page.Section(
      tables: [
        Page.Table(
          caption: Page.accuracyCaption,
          heading: ["network", "repeats", "mean", "SD", "macro F1", "ensemble", "windows/s"], rows: rows)
      ], figures: [Page.Figure(picture: box.picture, caption: box.note)])
  }

  private var differences: Page.Section {
    func interval(_ low: Double, _ high: Double) -> String { "\(low.decimal(digits: 3)) to \(high.decimal(digits: 3))" }
    let rows = comparison.pairs.map { pair in
      [
        "\(pair.second.title) - \(pair.first.title)", pair.difference.decimal(digits: 3),
        pair.welch.map { interval($0.low, $0.high) } ?? "-", RunFacts.pValue(pair.welch?.p),
        pair.people.map { interval($0.low, $0.high) } ?? "-",
        pair.mcNemar.map { "\($0.onlyFirstRight)" } ?? "-", pair.mcNemar.map { "\($0.onlySecondRight)" } ?? "-",
        RunFacts.pValue(pair.mcNemar?.p),
      ]
    }
    let plot = IntervalPlot(
      id: "differences", title: "Differences of means", xLabel: "percentage points, 95 % confidence interval (Welch)",
      rows: comparison.pairs.compactMap { pair in
        pair.welch.map { ("\(pair.second.title) - \(pair.first.title)", pair.difference, $0.low, $0.high) }
      })
    return Page.Section(
      heading: "Differences",
      paragraphs: [
        "Confidence intervals (CI) over repeats are Welch's, those over people are from a bootstrap that resamples test people "
          + "with all of their windows. p (McNemar) is of the exact test of the two ensembles, on the test windows that only "
          + "one of them classifies correctly: only the first run's, or only the later run's."
      ],
      tables: [
        Page.Table(
          heading: [
            "difference", "points", "CI over repeats", "p (Welch)", "CI over people",
            "only first", "only later", "p (McNemar)",
          ], rows: rows)
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
