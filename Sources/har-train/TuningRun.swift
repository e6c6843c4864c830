import CommandSupport
import Foundation
import Reports
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
        "\(counted(configuration.trials.count, "trial")) on \(configuration.folds.count) groups of the \(Set(store.train.subjects).count) training people"
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
      try StandardOutput.writeLine("Chosen: trial \(chosen.number): \(command(chosen))")
    }
    try SearchReport(try SearchResults(path: folder.path)).write()
    let summary = try runChosen(chosen)
    if session.output.json {
      let search = TuningSummary(
        search: folder.path, data: configuration.run.store.path, seed: chosen.model.training.seed,
        ranking: ranking.entries.enumerated().map { TuningSummary.Ranked($1, rank: $0 + 1, configuration) },
        chosen: TuningSummary.Chosen(trial: chosen.number, command: command(chosen)), final: summary)
      try StandardOutput.writeLine(try RunJSON.text(search))
    }
  }

  /// What a user would write to train a trial's setting by the protocol, to the bits of the search's final run.
  private func command(_ trial: TuningConfiguration.Trial) -> String {
    let words =
      ["har-train", "--data", folder.configuration.run.store.path] + trial.arguments + [
        "--repeats", "\(folder.configuration.repeats)", "--seed", "\(trial.model.training.seed)",
      ] + store.streamingOption
    return shellCommand(words)
  }

  /// The protocol of the chosen setting: the one look at the test people.
  private func runChosen(_ trial: TuningConfiguration.Trial) throws -> RunSummary {
    var run = folder.configuration.run
    run.settings = trial.settings
    run.settings.repeats = folder.configuration.repeats
    run.command = command(trial)
    let path = folder.finalPath
    let final =
      FileSystem.exists("\(path)/\(RunConfiguration.fileName)")
      ? try RunFolder.open(path, warn: session.warn)
      : try RunFolder.create(path, configuration: run, warn: session.warn)
    return try ExperimentRun(folder: final, store: store, session: session, resumePath: folder.path).trainedSummary()
  }
}

/// What `tune --json` prints (docs/schemas/tune.json).
private struct TuningSummary: Encodable {
  struct Ranked: Encodable {
    let rank: Int
    let trial: Int
    let epochs: Int
    let mean: Double?
    let deviation: Double?
    /// The options that vary.
    let options: [String: String]

    init(_ entry: TuningRanking.Entry, rank: Int, _ configuration: TuningConfiguration) {
      let trial = configuration.trials[entry.trial]
      self.rank = rank
      self.trial = trial.number
      epochs = entry.epochs
      mean = entry.mean
      deviation = entry.deviation
      options = Dictionary(zip(configuration.parameterNames, trial.values)) { first, _ in first }
    }
  }

  struct Chosen: Encodable {
    let trial: Int
    /// What trains it anew.
    let command: String
  }

  let search: String
  let data: String
  let seed: UInt64
  let ranking: [Ranked]
  let chosen: Chosen
  let final: RunSummary
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
    return PrintedTable(Array(repeating: .right(), count: rows[0].count), rows).text
  }
}
