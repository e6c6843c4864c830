import ArgumentParser
import NeuralNetworks
import SystemSupport

/// A saved model's probabilities as CSV.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a saved model's probabilities for every window as CSV.",
    discussion: """
      The columns: window (its row in the store), label, predicted (classes from 0), activity, then a probability per activity.

      EXAMPLE
        har-train predict --model-file runs/demo/model-01.h5 --data har.h5 --output predictions.csv
      """)

  @OptionGroup var input: ModelOnStore

  @Option(help: ArgumentHelp("The file to write, - for standard output.", valueName: "FILE.csv"))
  var output = "-"

  @Flag(help: "Replace the file if it exists.")
  var overwrite = false

  func validate() throws { try input.requireBoth() }

  func run() throws {
    var pending: AtomicFile?
    // Files are read by a process of one thread (see Rehearsal), and whoever watches signals has another.
    let predictions = try input.predict(afterReading: {
      if output != "-" {
        pending = try AtomicFile(
          output, existing: overwrite ? .replace : .refuseWithoutOverwrite, removesOnSignal: true)
      }
    })
    let table = table(predictions)
    guard let pending else { return try StandardOutput.write(table.text) }
    try pending.write(table.text.utf8)
    try pending.commit()
  }

  private func table(_ predictions: Predictions) -> CSVTable {
    let activityNames = predictions.store.activityNames
    let classes = activityNames.count
    var table = CSVTable(columns: ["window", "label", "predicted", "activity"] + activityNames)
    predictions.probabilities.withUnsafeBufferPointer { probabilities in
      for (window, label) in predictions.labels.enumerated() {
        let row = probabilities.baseAddress! + window * classes
        let predicted = CategoricalCrossEntropy.mostProbable(row, classes: classes)
        table.append(
          ["\(window)", "\(label)", "\(predicted)", activityNames[predicted]] + (0..<classes).map { "\(row[$0])" })
      }
    }
    return table
  }
}
