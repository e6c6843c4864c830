import ActivityData
import ArgumentParser
import Foundation
import Kernels
import Training

/// A search in its folder, as `tune` and `resume` carry it out: the trials, the ranking, and the protocol of the chosen setting.
struct TuningRun {
  let folder: TuningFolder
  let store: WindowStore
  let kernels: KernelSet
  let division: ThreadOptions
  let output: OutputOptions
  let warnings: Warnings

  func run() throws {
    let configuration = folder.configuration
    let stop = StopRequest()
    let interruption = InterruptionWatch(stop)
    let view = ProgressView(plan: ProgressPlan(configuration), isQuiet: output.quiet)
    warnings.show { line in view.aside { StandardError.writeLine("har-train: \(line)") } }
    view.announce(store: store, kernels: kernels, threads: division.threadCount, folder: folder.path)
    if !output.quiet {
      StandardError.writeLine(
        "\(configuration.trials.count) trials on \(configuration.folds.count) groups of the \(Set(store.train.subjects).count) training people"
      )
    }
    let tuner = Tuner(folder: folder, train: store.train, kernels: kernels, stop: stop) { view.show($0) }
    let ranking: TuningRanking?
    do {
      ranking = try tuner.run(threads: division.threadCount, concurrentModels: division.modelCount)
    } catch let error as any UserFacingError {
      view.finish()
      throw CommandError(
        exitStatus: error.exitStatus, message: "\(error.message) (once that is mended: har-train resume \(folder.path))"
      )
    }
    view.finish()
    guard let ranking else {
      StandardError.writeLine("har-train: stopped; all is saved, go on with: har-train resume \(folder.path)")
      throw ExitCode(interruption.exitCode)
    }
    guard let best = ranking.entries.first, best.mean != nil else {
      throw CommandError(exitStatus: .data, message: "\(folder.path): every trial diverged; see trials.csv")
    }
    let chosen = configuration.trials[best.trial]
    if !output.json {
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
      FileManager.default.fileExists(atPath: "\(path)/config.json")
      ? try RunFolder.open(path, warn: { [warnings] in warnings.note($0) })
      : try RunFolder.create(path, configuration: run, warn: { [warnings] in warnings.note($0) })
    try ExperimentRun(
      folder: final, store: store, data: try ExperimentData(store, final.configuration.settings), kernels: kernels,
      division: division, output: output, warnings: warnings, resumePath: folder.path
    ).run()
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
