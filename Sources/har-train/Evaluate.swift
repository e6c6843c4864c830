import ArgumentParser
import SystemSupport
import Training

/// What saved models are worth on a store.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a saved model's accuracy, loss, per-class measures and confusion matrix.",
    discussion: """
      Of a run's folder: the accuracy of each repeat's model, and what the average of their probabilities (the ensemble) is worth.

      EXAMPLES
        har-train evaluate runs/demo
        har-train evaluate runs/demo/model-01.h5 --json
        har-train evaluate keras.h5 --data har.h5 --split train

      \(ExitStatusHelp.reading)
      """)

  @OptionGroup var input: ModelOnStore

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let judged = try input.judge(requiresLabels: true)
    if input.json {
      let summary = EvaluationSummary(judged, input.split, seconds: (clock.now - start) / .seconds(1))
      return try StandardOutput.writeLine(try RunJSON.text(summary))
    }
    for windows in judged { try StandardOutput.writeLine(windows.isRun ? windows.report : windows.members[0].report()) }
    if judged[0].store.isSynthetic { try StandardOutput.writeLine(syntheticNote) }
  }
}

extension JudgedWindows {
  /// A line for each model, the summary, and what the ensemble is worth.
  fileprivate var report: String {
    let evaluations = members.map(\.evaluation)
    let lines = zip(group.files, evaluations).map { file, evaluation in
      "\(FileSystem.split(file).name): \((evaluation.accuracy * 100).decimal(digits: 3))%  loss \(evaluation.loss.decimal(digits: 6))"
    }
    let scores = Scores(evaluations.map { $0.accuracy * 100 })
    return
      ([group.title].compactMap { $0 } + lines + [
        "Mean: \((scores.mean ?? 0).decimal(digits: 3))% (+/-\((scores.deviation ?? 0).decimal(digits: 3)))",
        "\nEnsemble of \(members.count), their probabilities averaged:\n\(ensemble.report())",
      ]).joined(separator: "\n")
  }
}
