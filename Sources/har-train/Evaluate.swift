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
