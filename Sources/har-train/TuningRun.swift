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
      try Tuner.run(store.train, in: folder, session.context)
    }
    guard let best = ranking.entries.first, best.mean != nil else {
      throw CommandError(exitStatus: .data, message: "\(folder.path): every trial diverged; see trials.csv")
    }
    let chosen = configuration.trials[best.trial]
    if !session.output.json {
      try StandardOutput.writeLine(ranking.table(configuration))
      try StandardOutput.writeLine(
        "Chosen: trial \(chosen.number): har-train --data \(store.path) \(chosen.arguments.joined(separator: " "))")
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
      FileSystem.exists("\(path)/\(RunConfiguration.fileName)")
      ? try RunFolder.open(path, warn: session.warn)
      : try RunFolder.create(path, configuration: run, warn: session.warn)
    try ExperimentRun(folder: final, store: store, session: session, resumePath: folder.path).run()
  }
}

extension TuningRanking {
  /// The ranking as a table, best first.
  fileprivate func table(_ configuration: TuningConfiguration) -> String {
    var rows = [["rank", "trial", "accuracy", "+/-", "epochs"] + configuration.parameterNames]
    for (index, entry) in entries.enumerated() {
      let trial = configuration.trials[entry.trial]
      rows.append(
        [
          "\(index + 1)", "\(trial.number)", entry.mean?.decimal(digits: 3) ?? "diverged",
          entry.deviation?.decimal(digits: 3) ?? "", "\(entry.epochs)",
        ] + trial.values)
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in zip(row, widths).map { $0.right($1) }.joined(separator: "  ") }.joined(separator: "\n")
  }
}
