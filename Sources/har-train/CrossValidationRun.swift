import CommandSupport
import Foundation
import Reports
import SystemSupport
import Training
import Windows

/// A cross-validation in its folder, as `cross-validate` and `resume` carry it out.
struct CrossValidationRun {
  let folder: CrossValidationFolder
  let store: WindowStore
  let session: TrainingSession

  func run() throws {
    let configuration = folder.configuration
    let view = ProgressView(plan: try ProgressPlan(configuration), isQuiet: session.output.quiet)
    view.announce(
      "\(counted(configuration.windows(store).count, "window")) of \(configuration.folds.joined().count) people in \(configuration.folds.count) folds",
      store: store, session.context, folder: folder.path)
    _ = try session.run(folder.path, observers: [view]) {
      try CrossValidation.run(store, in: folder, session.context)
    }
    let files = try session.writingFiles(folder.path)
    let context = PredictionContext(kernels: session.context.kernels, threads: session.context.threads)
    let results = try CrossValidationResults(path: folder.path, store: store, context)
    try files.write {
      try results.writeTables()
      try CrossValidationReport(results).write()
    }
    if session.output.json {
      try StandardOutput.writeLine(try RunJSON.text(CrossValidationSummary(results)))
    } else {
      try StandardOutput.writeLine(text(results))
    }
  }

  /// A line per fold, the mean over folds, and a line per person where folds have several.
  private func text(_ results: CrossValidationResults) -> String {
    // One repeat deviates from nothing.
    let isRepeated = results.configuration.repeats > 1
    func table(_ rows: [CrossValidationResults.Row], _ first: String) -> String {
      let cells = rows.map { row in
        [
          "\(row.fold ?? row.people[0])", row.windows.map { "\($0)" } ?? "", row.mean?.decimal(digits: 3) ?? "diverged",
        ] + (isRepeated ? [row.deviation?.decimal(digits: 3) ?? ""] : []) + [row.macroF1?.decimal(digits: 4) ?? ""]
      }
      let heading = [first, "windows", "accuracy"] + (isRepeated ? ["+/-"] : []) + ["macro F1"]
      return PrintedTable(Array(repeating: .right(), count: heading.count), [heading] + cells).text
    }
    let isByPerson = results.configuration.folds.allSatisfy { $0.count == 1 }
    var lines = isByPerson ? [] : [table(results.folds, "fold"), ""]
    lines += [table(results.people, "person"), ""]
    let scores = results.foldScores
    let scored = scores.values.count { $0 != nil }
    if let mean = scores.mean, let deviation = scores.deviation {
      lines.append(
        "Accuracy: \(mean.decimal(digits: 3))% (+/-\(deviation.decimal(digits: 3))) over \(scored == results.folds.count ? "" : "\(scored) of ")\(results.folds.count) folds, "
          + "macro F1 \((results.macroF1 ?? 0).decimal(digits: 4))")
    } else {
      lines.append("Accuracy: none, every training diverged")
    }
    if store.isSynthetic { lines.append(syntheticNote) }
    return lines.joined(separator: "\n")
  }
}

/// What `cross-validate --json` prints (docs/schemas/cross-validate.json).
private struct CrossValidationSummary: Encodable {
  let run: String
  let data: String
  let model: String
  let seed: UInt64
  let repeats: Int
  let isSynthetic: Bool
  let takesAllPeople: Bool
  let folds: [CrossValidationResults.Row]
  let people: [CrossValidationResults.Row]
  /// Of the folds' means.
  let mean: Double?
  let deviation: Double?
  let macroF1: Double?
  let confusion: [[Int]]

  init(_ results: CrossValidationResults) {
    let configuration = results.configuration
    run = results.path
    data = configuration.run.store.path
    model = configuration.model.name
    seed = configuration.model.training.seed
    repeats = configuration.repeats
    isSynthetic = configuration.run.store.isSynthetic
    takesAllPeople = configuration.takesAllPeople
    folds = results.folds
    people = results.people
    let scores = results.foldScores
    (mean, deviation) = (scores.mean, scores.deviation)
    macroF1 = results.macroF1
    confusion = results.confusion ?? []
  }
}
