import ArgumentParser
import SystemSupport
import Training

/// What a saved model is worth on a store.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a saved model's accuracy, loss, per-class measures and confusion matrix.",
    discussion: """
      Of a run's folder: the accuracy of each repeat's model, and what the average of their probabilities (the ensemble) is worth.

      EXAMPLES
        har-train evaluate --model-file runs/demo/model-01.h5 --data har.h5
        har-train evaluate runs/demo
      """)

  @Argument(help: ArgumentHelp("The folder of a run, in place of --model-file.", valueName: "RUN_DIR"))
  var runFolder: String?

  @OptionGroup var input: ModelOnStore

  func validate() throws {
    if runFolder == nil {
      try input.requireBoth()
    } else if input.modelFile != nil {
      throw ValidationError("A run's folder and --model-file can't be evaluated at once.")
    }
  }

  func run() throws {
    if let runFolder { return try EnsembleEvaluation(folder: runFolder, input: input).run() }
    let predictions = try input.predict()
    try StandardOutput.writeLine(predictions.report)
    if predictions.store.isSynthetic { try StandardOutput.writeLine(syntheticNote) }
  }
}

extension Predictions {
  /// What they are worth as text: the summary, a line a class, and the confusion matrix.
  var report: String {
    let evaluation = evaluation
    let activityNames = store.activityNames
    var lines = [
      "Accuracy: \((evaluation.accuracy * 100).decimal(digits: 3))%  (\(evaluation.correct) of \(evaluation.count) windows)",
      "Loss: \(evaluation.loss.decimal(digits: 6))", "",
    ]
    let width = max(8, activityNames.map(\.count).max() ?? 0)
    func left(_ text: String) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
    lines.append(left("activity") + ["precision", "recall", "F1", "windows"].map { $0.right(11) }.joined())
    for measures in ClassMeasures.all(evaluation.confusion) {
      let numbers = [measures.precision, measures.recall, measures.f1].map { $0.map { $0.decimal(digits: 4) } ?? "-" }
      lines.append(
        left(activityNames[measures.label]) + (numbers + ["\(measures.windows)"]).map { $0.right(11) }.joined())
    }
    lines += ["", "confusion (rows: activity, columns: predicted)"]
    let column = max(6, width + 1)
    lines.append(left("") + activityNames.map { $0.right(column) }.joined())
    for (name, row) in zip(activityNames, evaluation.confusion) {
      lines.append(left(name) + row.map { "\($0)".right(column) }.joined())
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// At the right end of a column.
  func right(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
