import Foundation

/// The tables of a network's repeats as CSV, in the order of the repeats.
struct RunTables {
  private let rows: [(id: TrainingID, record: RepeatRecord)]
  private let activityNames: [String]

  init(_ configuration: RunConfiguration, model: Int, _ records: [TrainingID: RepeatRecord]) {
    rows = records.filter { $0.key.model == model }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    activityNames = configuration.store.activityNames
  }

  /// The course of every epoch.
  var metrics: String {
    var text = "repeat,epoch,loss,accuracy,validation_loss,validation_accuracy,seconds,samples_per_second\n"
    for (id, record) in rows {
      for epoch in record.epochs {
        let result = epoch.result
        let validation = [epoch.validationLoss, epoch.validationAccuracy].map { $0.map { "\($0)" } ?? "" }
        text += "\(id.repeatIndex + 1),\(result.epoch + 1),\(result.loss),\(result.accuracy),"
        text += validation.joined(separator: ",") + ",\(result.seconds),\(result.windowsPerSecond)\n"
      }
    }
    return text
  }

  /// Test windows by activity (row) and prediction (column), a block a repeat.
  var confusion: String {
    var text = "repeat,activity," + activityNames.map(CSV.field).joined(separator: ",") + "\n"
    for (id, record) in rows {
      for (name, counts) in zip(activityNames, record.confusion ?? []) {
        text += "\(id.repeatIndex + 1),\(CSV.field(name))," + counts.map(String.init).joined(separator: ",") + "\n"
      }
    }
    return text
  }
}

/// Comma-separated values.
enum CSV {
  /// A field as RFC 4180 has it.
  static func field(_ field: String) -> String {
    guard field.contains(where: { ",\"\n\r".contains($0) }) else { return field }
    return "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
