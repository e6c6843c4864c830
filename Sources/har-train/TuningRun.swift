import Foundation
import SystemSupport
import Training
import Windows

/// A search in its folder, as `tune` and `resume` carry it out: the trials, the ranking, and the protocol of the chosen setting.
struct TuningRun {
  let folder: TuningFolder
  let store: WindowStore
  let session: TrainingSession

  func run() throws {
    let configuration = folder.configuration
    let view = ProgressView(plan: try ProgressPlan(configuration), isQuiet: session.output.quiet)
    view.announce(store: store, session.context, folder: folder.path)
    if !session.output.quiet {
      StandardError.writeLine(
        "\(configuration.trials.count) trials on \(configuration.folds.count) groups of the \(Set(store.train.subjects).count) training people"
      )
    }
    let ranking = try session.run(folder.path, observers: [view]) {
      try Tuner(folder: folder, train: store.train).run(session.context)
    }
    guard let best = ranking.entries.first, best.mean != nil else {
      throw CommandError(exitStatus: .data, message: "\(folder.path): every trial diverged; see trials.csv")
    }
    let chosen = configuration.trials[best.trial]
    if !session.output.json {
      print(RankingTable(configuration, ranking).text)
      print("Chosen: trial \(chosen.number): har-train --data \(store.path) \(chosen.arguments.joined(separator: " "))")
      fflush(nil)
    }
    try runChosen(chosen)
  }

  /// The protocol of the chosen setting: the one look at the test people.
  private func runChosen(_ trial: TuningConfiguration.Trial) throws {
    var run = folder.configuration.run
    run.settings = trial.settings
    run.settings.repeats = folder.configuration.repeats
    let path = folder.finalPath
    let final =
      FileSystem.exists("\(path)/config.json")
      ? try RunFolder.open(path, warn: session.warn)
      : try RunFolder.create(path, configuration: run, warn: session.warn)
    try ExperimentRun(folder: final, store: store, session: session, resumePath: folder.path).run()
  }
}

/// A ranking as a table, best first.
struct RankingTable {
  let text: String

  init(_ configuration: TuningConfiguration, _ ranking: TuningRanking) {
    var rows = [["rank", "trial", "accuracy", "+/-", "epochs"] + configuration.parameterNames]
    for (index, entry) in ranking.entries.enumerated() {
      let trial = configuration.trials[entry.trial]
      rows.append(
        [
          "\(index + 1)", "\(trial.number)", entry.mean.map { $0.decimal(digits: 3) } ?? "diverged",
          entry.deviation.map { $0.decimal(digits: 3) } ?? "", "\(entry.epochs)",
        ] + trial.values)
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    text = rows.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
