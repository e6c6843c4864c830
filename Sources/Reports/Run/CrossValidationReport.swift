internal import Plots
internal import Statistics
internal import SystemSupport
package import Training

/// A cross-validation as a page: its folds and people, and the confusion matrix of all of them.
package struct CrossValidationReport: FolderReport, Sendable {
  private let results: CrossValidationResults

  package init(_ results: CrossValidationResults) { self.results = results }

  package var folder: String { results.path }

  private var configuration: CrossValidationConfiguration { results.configuration }

  /// The page's text.
  package func html() throws -> String {
    var page = Page(title: "\(configuration.model.title), cross-validated: \(lastName(of: folder))")
    let scores = results.foldScores
    let scored = scores.values.count { $0 != nil }
    page.lead = [
      "\(configuration.folds.count) folds of \(configuration.folds.joined().count) people"
        + " (\(configuration.takesAllPeople ? "of both splits" : "of the training split")), \(configuration.repeats) "
        + "\(configuration.repeats == 1 ? "repeat" : "repeats") each. Mean accuracy over \(counted(scored, "fold")): "
        + "\(RunFacts.number(scores.mean, 3)) % (SD \(RunFacts.number(scores.deviation, 3))), macro F1 of all "
        + "windows \(RunFacts.number(results.macroF1, 4))."
    ]
    if configuration.run.store.isSynthetic {
      page.warnings = [Page.syntheticWarning]
    }
    page.warnings += results.warnings
    if scored < configuration.folds.count {
      page.warnings.append(
        "\(configuration.folds.count - scored) of \(configuration.folds.count) folds have no score: they diverged, or have not ended."
      )
    }
    if !results.knowsPeople {
      page.warnings.append(
        "Accuracy per person is missing: the store \(configuration.run.store.path) was not there, or was another one.")
    }
    page.sections = [people, folds, activities, Page.origin(configuration.run)].compactMap { $0 }
    return try page.html()
  }

  private var people: Page.Section? {
    guard results.knowsPeople else { return nil }
    let rows = results.people
    let bars = rows.compactMap { row in
      row.mean.map { mean in
        (
          name: "person \(row.people[0])", value: mean,
          interval: row.scores.count < 2 ? nil : (row.scores.min() ?? 0)...(row.scores.max() ?? 0)
        )
      }
    }
    let distribution = BoxPlot(
      id: "distribution", title: "Accuracy over people", yLabel: "accuracy (%)",
      groups: [(configuration.model.title, rows.compactMap(\.mean))])
    return Page.Section(
      heading: "People",
      tables: [table(rows, "person") { "\($0.people[0])" }],
      figures: [
        Page.Figure(
          picture: BarPlot(
            id: "people", title: "Accuracy per held-out person",
            xLabel: configuration.repeats > 1 ? "accuracy (%), mean and range over repeats" : "accuracy (%)", bars: bars
          ).picture),
        Page.Figure(picture: distribution.picture, caption: distribution.note),
      ])
  }

  /// Where folds are more than single people.
  private var folds: Page.Section? {
    guard configuration.folds.contains(where: { $0.count > 1 }) else { return nil }
    return Page.Section(
      heading: "Folds",
      tables: [
        table(results.folds, "fold") { row in
          "\(row.fold ?? 0): \(row.people.map(String.init).joined(separator: ", "))"
        }
      ])
  }

  private func table(
    _ rows: [CrossValidationResults.Row], _ first: String, _ name: (CrossValidationResults.Row) -> String
  ) -> Page.Table {
    let isRepeated = configuration.repeats > 1
    return Page.Table(
      caption: "Accuracy in per cent"
        + (isRepeated ? "; SD: its standard deviation over repeats, with divisor n." : "."),
      heading: [first, "windows", "accuracy"] + (isRepeated ? ["SD"] : []) + ["macro F1"],
      rows: rows.map { row in
        [name(row), row.windows.map { "\($0)" } ?? "-", RunFacts.number(row.mean, 3)]
          + (isRepeated ? [RunFacts.number(row.deviation, 3)] : []) + [RunFacts.number(row.macroF1, 4)]
      })
  }

  private var activities: Page.Section? {
    guard let confusion = results.confusion else { return nil }
    let names = configuration.run.store.activityNames
    return Page.Section(
      heading: "Activities", paragraphs: ["Windows of all held-out people, all repeats together."],
      tables: [RunFacts.measures(confusion, names)],
      figures: [
        Page.Figure(
          picture: HeatMap(
            id: "confusion", title: "Confusion matrix", rows: names, columns: names, counts: confusion
          ).picture)
      ])
  }
}
