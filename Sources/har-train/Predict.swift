import ActivityData
import ArgumentParser
import Foundation
import NeuralNetworks

/// A saved model's probabilities as CSV.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a saved model's probabilities for every window as CSV.",
    discussion: """
      The columns: window (its row in the store), label, predicted (classes from 0), activity, then a probability an activity.

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
    try reportingErrors {
      let pending = output == "-" ? nil : try PendingOutput(path: output, kind: .file, overwrite: overwrite)
      let text = csv(try input.predict())
      guard let pending else {
        FileHandle.standardOutput.write(Data(text.utf8))
        return
      }
      do {
        try Data(text.utf8).write(to: URL(fileURLWithPath: pending.temporaryPath))
      } catch {
        throw CommandError(exitStatus: .io, message: "\(output): can't be written (\(error.localizedDescription))")
      }
      try pending.commit()
    }
  }

  private func csv(_ result: ModelOnStore.Result) -> String {
    let classes = result.activityNames.count
    var text = "window,label,predicted,activity," + result.activityNames.joined(separator: ",") + "\n"
    result.probabilities.withUnsafeBufferPointer { probabilities in
      for (window, label) in result.labels.enumerated() {
        let row = probabilities.baseAddress! + window * classes
        let predicted = CategoricalCrossEntropy.mostProbable(row, classes: classes)
        text += "\(window),\(label),\(predicted),\(result.activityNames[predicted])"
        for index in 0..<classes { text += ",\(row[index])" }
        text += "\n"
      }
    }
    return text
  }
}
