import ArgumentParser
import NeuralNetworks
import SystemSupport
import Training
import Windows

/// Saved models' probabilities, window by window.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a saved model's probabilities for every window as CSV.",
    discussion: """
      The columns: model (a file's name or "ensemble", behind the network's name where a run has several), window (its row in the store), person, activity and label (what it is; \
      empty where the store has no labels), predicted_activity and predicted (what the model takes it for; labels count from 0), \
      then a probability per activity. Of a run's folder: each model's, and their average's.

      EXAMPLES
        har-train predict runs/demo --output predictions.csv
        har-train predict runs/demo/model-01.h5 --data unlabelled.h5 --json

      \(ExitStatusHelp.reading)
      """)

  @OptionGroup var input: ModelOnStore

  @Option(help: ArgumentHelp("The file to write, - for standard output.", valueName: "FILE"))
  var output = "-"

  @Flag(help: "Replace the file if it exists.")
  var overwrite = false

  func run() throws {
    var pending: AtomicFile?
    // Files are read by a process of one thread (see Rehearsal), and whoever watches signals has another.
    let judged = try input.judge(requiresLabels: false) {
      if output != "-" {
        pending = try AtomicFile(
          output, existing: overwrite ? .replace : .refuseWithoutOverwrite, removesOnSignal: true)
      }
    }
    let summary = PredictionSummary(judged, input.split)
    let text =
      input.json
      ? try RunJSON.text(summary, isPretty: false) + "\n" : summary.table.text
    guard let pending else { return try StandardOutput.write(text) }
    try pending.write(text.utf8)
    try pending.commit()
  }
}

/// What `predict --json` prints (docs/schemas/predict.json), and its table.
struct PredictionSummary: Encodable {
  struct Window: Encodable {
    let model: String
    let window: Int
    let person: Int?
    let activity: String?
    let label: Int?
    let predictedActivity: String
    let predicted: Int
    let probabilities: [Float]
  }

  let data: String
  let split: String
  let isSynthetic: Bool
  let activityNames: [String]
  let predictions: [Window]

  init(_ judged: [JudgedWindows], _ split: DatasetSplit) {
    let store = judged[0].store
    data = store.path
    self.split = split.rawValue
    isSynthetic = store.isSynthetic
    activityNames = store.activityNames
    predictions = judged.flatMap { windows in
      // Files of a run of several networks have the same names.
      let prefix = windows.group.title == nil ? "" : windows.group.network.map { "\($0)/" } ?? ""
      let names = windows.group.files.map { prefix + FileSystem.split($0).name }
      let members = zip(names, windows.members).flatMap { Self.rows($0, $1) }
      return members + (windows.isRun ? Self.rows("\(prefix)ensemble", windows.ensemble) : [])
    }
  }

  private static func rows(_ model: String, _ predictions: Predictions) -> [Window] {
    let (store, split) = (predictions.store, predictions.split)
    let windows = store[split]
    let classes = store.activityNames.count
    return (0..<windows.count).map { index in
      let row = Array(predictions.probabilities[(index * classes)..<((index + 1) * classes)])
      let predicted = row.withUnsafeBufferPointer {
        CategoricalCrossEntropy.mostProbable($0.baseAddress!, classes: classes)
      }
      let label = store.lacksLabels ? nil : Int(windows.labels[index])
      return Window(
        model: model, window: index, person: store.lacksSubjects ? nil : Int(windows.subjects[index]),
        activity: label.map { store.activityNames[$0] }, label: label,
        predictedActivity: store.activityNames[predicted], predicted: predicted, probabilities: row)
    }
  }

  var table: CSVTable {
    var table = CSVTable(
      columns: ["model", "window", "person", "activity", "label", "predicted_activity", "predicted"] + activityNames)
    for row in predictions {
      let known: [String?] = [
        row.model, "\(row.window)", row.person.map { "\($0)" }, row.activity, row.label.map { "\($0)" },
        row.predictedActivity, "\(row.predicted)",
      ]
      table.append(known + row.probabilities.map { "\($0)" })
    }
    return table
  }
}
