internal import SystemSupport

/// The tables of a network's repeats, in the order of the repeats.
struct RunTables {
  private let rows: [(id: TrainingID, record: RepeatRecord)]
  private let activityNames: [String]

  init(_ configuration: RunConfiguration, model: Int, _ records: [TrainingID: RepeatRecord]) {
    rows = records.filter { $0.key.model == model }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    activityNames = configuration.store.activityNames
  }

  /// The course of every epoch, as CSV.
  var metrics: String {
    var table = CSVTable(columns: [
      "repeat", "epoch", "loss", "accuracy", "validation_loss", "validation_accuracy", "learning_rate", "seconds",
      "samples_per_second",
    ])
    for (id, record) in rows {
      for epoch in record.epochs {
        let numbers = [
          epoch.loss, epoch.accuracy, epoch.validationLoss, epoch.validationAccuracy, epoch.learningRate,
          epoch.seconds, epoch.samplesPerSecond,
        ]
        table.append(["\(id.repeatIndex + 1)", "\(epoch.epoch + 1)"] + numbers.map { $0.map { "\($0)" } })
      }
    }
    return table.text
  }

  /// Test windows by activity (row) and prediction (column), a block per repeat, as CSV.
  var confusion: String {
    var table = CSVTable(columns: ["repeat", "activity"] + activityNames)
    for (id, record) in rows {
      for (name, counts) in zip(activityNames, record.confusion ?? []) {
        table.append(["\(id.repeatIndex + 1)", name] + counts.map { "\($0)" })
      }
    }
    return table.text
  }
}
