internal import Plots
internal import Statistics
internal import SystemSupport
package import Training

/// A search as a page: its trials, their ranking, and what each option that varies did.
package struct SearchReport: FolderReport, Sendable {
  private let search: SearchResults

  package init(_ search: SearchResults) { self.search = search }

  package var folder: String { search.path }

  private var configuration: TuningConfiguration { search.configuration }

  /// The page's text.
  package func html() throws -> String {
    var page = Page(title: "Search: \(lastName(of: folder))")
    page.lead = [
      "\(configuration.trials.count) trials of \(configuration.trials[0].model.title) by \(configuration.folds.count)-fold "
        + "cross-validation over the training people; the test people were not looked at."
    ]
    if configuration.run.store.isSynthetic {
      page.warnings = [Page.syntheticWarning]
    }
    page.sections = [trials, effects, ranking, Page.origin(configuration.run)].compactMap { $0 }
    return try page.html()
  }

  /// Each trial's mean on the last rung that it reached, in percent.
  private var means: [Double?] {
    configuration.trials.indices.map { trial in search.ranking.entries.first { $0.trial == trial }?.mean }
  }

  private var trials: Page.Section? {
    guard !configuration.parameterNames.isEmpty else { return nil }
    let axes = configuration.parameterNames.indices.map { index in
      ParallelAxis(configuration.parameterNames[index], scale(of: configuration.trials.map { $0.values[index] }))
    }
    let plot = ParallelCoordinates(
      id: "trials", title: "Trials", axes: axes + [ParallelAxis("accuracy (%)", .linear(means))])
    return Page.Section(
      heading: "Trials",
      paragraphs: [
        "One line per trial; its accuracy is the mean of the held-out folds on the last rung that it reached. Trials that an "
          + "earlier rung stopped were judged after fewer epochs: the ranking puts them behind those of later rungs."
      ],
      figures: [Page.Figure(picture: plot.picture)])
  }

  private func scale(of values: [String]) -> ParallelAxis.Scale {
    let numbers = values.map { Double($0) }
    guard numbers.allSatisfy({ $0?.isFinite == true }) else { return .categories(values) }
    let known = numbers.compactMap { $0 }
    if let minimum = known.min(), let maximum = known.max(), minimum > 0, maximum / minimum > 20 {
      return .logarithmic(numbers)
    }
    return .linear(numbers)
  }

  /// Of the first rung, on which all trials were judged after as many epochs.
  private var effects: Page.Section? {
    let judged = configuration.trials.indices.compactMap { trial in
      search.mean(trial: trial, rung: 0).map { (trial: trial, mean: $0) }
    }
    guard judged.count > 2, !configuration.parameterNames.isEmpty else { return nil }
    let rows = configuration.parameterNames.enumerated().map { index, name in
      let values = judged.map { configuration.trials[$0.trial].values[index] }
      let numbers = values.compactMap { Double($0) }
      guard numbers.count == values.count else {
        let share = EtaSquared.between(values, values: judged.map(\.mean))
        return [name, "eta squared", RunFacts.number(share, 3)]
      }
      return [name, "Spearman's rho", RunFacts.number(RankCorrelation.spearman(numbers, judged.map(\.mean)), 3)]
    }
    return Page.Section(
      heading: "Options and accuracy",
      paragraphs: [
        "Over the first rung's \(judged.count) trials: Spearman's rank correlation of a numeric option with the "
          + "accuracy, or the share of the accuracies' variance that a categorical option explains (eta "
          + "squared). Options vary together: association, not cause."
      ], tables: [Page.Table(heading: ["option", "measure", "value"], rows: rows)])
  }

  private var ranking: Page.Section {
    let rows = search.ranking.entries.enumerated().map { index, entry in
      let trial = configuration.trials[entry.trial]
      return ["\(index + 1)", "\(trial.number)", RunFacts.number(entry.mean, 3), RunFacts.number(entry.deviation, 3)]
        + ["\(entry.epochs)"] + trial.values
    }
    return Page.Section(
      heading: "Ranking",
      tables: [
        Page.Table(
          caption: "Accuracy in per cent, mean of the folds; SD: standard deviation over folds, with divisor n.",
          heading: ["rank", "trial", "accuracy", "SD", "epochs"] + configuration.parameterNames, rows: rows)
      ])
  }
}
