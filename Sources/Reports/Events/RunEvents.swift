package import Foundation
package import SystemSupport
internal import TensorBoard
package import Training

/// A run's repeats as event files, which TensorBoard shows as they go and beside one another.
package struct RunEvents {
  /// The folder in the run's.
  package static let folderName = "tb"
  /// In the files' names, where TensorBoard puts the machine's: the same for whoever writes a run's files.
  private static let writer = "har-train"

  private let path: String
  private let configuration: RunConfiguration
  private let began: Date

  /// - Parameters:
  ///   - path: the run's folder.
  ///   - began: when it began.
  package init(path: String, _ configuration: RunConfiguration, began: Date) {
    self.path = path
    self.configuration = configuration
    self.began = began
  }

  /// Writes what is known of every repeat that has begun. Returns the folder.
  @discardableResult
  package static func write(_ run: RunResults) throws(OutputError) -> String {
    let events = RunEvents(path: run.path, run.configuration, began: run.began)
    for (id, record) in run.records.sorted(by: { $0.key < $1.key }) { try events.write(id, record) }
    return "\(run.path)/\(folderName)"
  }

  /// Writes one repeat's file, in place of the one with fewer epochs.
  package func write(_ id: TrainingID, _ record: RepeatRecord) throws(OutputError) {
    let model = configuration.settings.models[id.model]
    let number = id.repeatIndex + 1
    let folder = "\(path)/\(Self.folderName)/\(model.name)/repeat-\(number < 10 ? "0" : "")\(number)"
    removeFilesOfOtherTimes(folder)
    var time = began.timeIntervalSince1970
    let times = record.epochs.map { epoch in
      time += epoch.seconds
      return time
    }
    func curve(_ tag: String, _ value: (EpochReport) -> Double?) -> ScalarCurve? {
      let points = zip(record.epochs, times).compactMap { epoch, time in
        value(epoch).map { ScalarCurve.Point(step: Int64(epoch.epoch + 1), wallTime: time, value: $0) }
      }
      return points.isEmpty ? nil : ScalarCurve(tag: tag, points: points)
    }
    let last = Int64(record.progress.epoch)
    func end(_ tag: String, _ value: Double?) -> ScalarCurve? {
      value.map { ScalarCurve(tag: tag, points: [.init(step: last, wallTime: time, value: $0)]) }
    }
    let curves = [
      curve("loss/training") { $0.loss }, curve("loss/validation") { $0.validationLoss },
      curve("accuracy/training") { $0.accuracy }, curve("accuracy/validation") { $0.validationAccuracy },
      curve("learning_rate") { $0.learningRate }, curve("windows_per_second") { $0.samplesPerSecond },
      end(Self.testAccuracy, record.score.map { $0 / 100 }), end("test/loss", record.testLoss),
    ].compactMap { $0 }
    try TensorBoardFile.write(
      to: folder, startedAt: began.timeIntervalSince1970, hostName: Self.writer, curves: curves,
      hyperparameters: hyperparameters(model),
      metrics: [MetricInfo(tag: Self.testAccuracy, displayName: "test accuracy")],
      group: model.name,
      end: record.status == .running
        ? nil : SessionEnd(status: record.status == .finished ? .success : .failure, wallTime: time))
  }

  /// A run's folder that was copied has other times, and TensorBoard would add up both files' points.
  private func removeFilesOfOtherTimes(_ folder: String) {
    let own = EventFile(folder: folder, startedAt: began.timeIntervalSince1970, hostName: Self.writer).path
    for name in FileSystem.names(in: folder) where name.hasSuffix(".\(Self.writer)") && "\(folder)/\(name)" != own {
      FileSystem.remove("\(folder)/\(name)")
    }
  }

  private static let testAccuracy = "test/accuracy"

  private func hyperparameters(_ model: ExperimentSettings.Model) -> Hyperparameters {
    let training = model.training
    /// A float32 as the decimal number that it stands for.
    func number(_ value: Float) -> Hyperparameters.Value { .number(Double(value.description) ?? Double(value)) }
    let clipNorm = training.clipNorm.map(number) ?? .text("none")
    let entries: [(name: String, value: Hyperparameters.Value)] = [
      ("network", .text(model.name)),
      ("epochs", .number(Double(training.epochs))),
      ("batch_size", .number(Double(training.batchSize))),
      ("learning_rate", number(training.learningRate)),
      ("learning_rate_schedule", .text(training.schedule.rawValue)),
      ("clip_norm", clipNorm),
      ("optimizer", .text((training.optimizer ?? .adam).rawValue)),
      ("weight_decay", number(training.weightDecay ?? 0)),
      ("warmup_epochs", .number(Double(training.warmupEpochs ?? 0))),
      ("seed", .number(Double(training.seed))),
      ("precision", .text(model.network.precision.rawValue)),
      ("scaling", .text(configuration.settings.scaling.rawValue)),
      ("shuffle", .flag(training.shuffle)),
      ("augmentation", .flag(training.augmentation.isActive)),
    ]
    return Hyperparameters(entries)
  }
}

/// Keeps a run's event files as its repeats go.
package final class EventFileWriter: TrainingObserver {
  private let events: RunEvents
  private var records: [TrainingID: RepeatRecord] = [:]

  package init(_ events: RunEvents) { self.events = events }

  package func receive(_ event: TrainingEvent) throws {
    switch event {
    case .started(let id, let record): records[id] = record
    case .epochEnded(let id, let report):
      // A repeat begins before its first epoch ends.
      guard var record = records[id] else { return }
      record.epochs.append(report)
      record.progress.epoch = report.epoch + 1
      records[id] = record
      try events.write(id, record)
    case .ended(let id, let record):
      records[id] = record
      try events.write(id, record)
    case .progress, .warning: break
    }
  }
}
