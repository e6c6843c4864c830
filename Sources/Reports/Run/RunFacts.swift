package import Foundation
internal import Statistics
internal import SystemSupport
internal import Training

/// What a report says of how a run was made, as rows of texts.
enum RunFacts {
  /// With so many digits after the point, a dash for nil.
  static func number(_ value: Double?, _ digits: Int) -> String { value.map { $0.decimal(digits: digits) } ?? "-" }

  /// A probability that a test found, which is never quite 0.
  static func pValue(_ value: Double?) -> String {
    value.map { $0 < 0.0001 ? "< 0.0001" : number($0, 4) } ?? "-"
  }

  static func settings(_ configuration: RunConfiguration) -> [[String]] {
    let settings = configuration.settings
    var rows = [
      ["store", configuration.store.path], ["SHA-256 of the store", configuration.store.sha256],
      [
        "scaling",
        settings.scaling == .none ? "none" : "\(settings.scaling.rawValue) per \(settings.scalingGranularity.rawValue)",
      ],
    ]
    if settings.streams == true { rows.append(["windows", "streamed from the store in shuffled blocks"]) }
    if !settings.validationSubjects.isEmpty {
      rows.append(["people held out", settings.validationSubjects.map(String.init).joined(separator: ", ")])
    }
    if let patience = settings.earlyStoppingPatience { rows.append(["early stopping", "after \(patience) epochs"]) }
    if settings.restoresBest == true { rows.append(["weights", "of the epoch with the lowest validation loss"]) }
    return rows
      + settings.models.flatMap { model in
        self.settings(model, isOneOfSeveral: settings.models.count > 1)
      }
  }

  private static func settings(_ model: ExperimentSettings.Model, isOneOfSeveral: Bool) -> [[String]] {
    let training = model.training
    var parts = [
      "epochs \(training.epochs)", "batches of \(training.batchSize)", "learning rate \(training.learningRate)",
      "\(training.schedule.rawValue) schedule", "seed \(training.seed)", "\(model.network.precision.rawValue)",
      "\(training.convolution.rawValue) convolutions",
    ]
    if let optimizer = training.optimizer { parts.append("optimizer \(optimizer.rawValue)") }
    if let decay = training.weightDecay { parts.append("weight decay \(decay)") }
    if let epochs = training.warmupEpochs { parts.append("warm-up of \(counted(epochs, "epoch"))") }
    if let norm = training.clipNorm { parts.append("gradients clipped to \(norm)") }
    if !training.shuffle { parts.append("the store's order") }
    if model.startsFrom != nil { parts.append("from a trained model's weights") }
    let augmentation = training.augmentation
    for (name, value) in [
      ("jitter", augmentation.jitter), ("random scaling", augmentation.scaling), ("rotation", augmentation.rotation),
      ("time warp", augmentation.timeWarp),
    ] where value > 0 { parts.append("\(name) \(value)") }
    return [[isOneOfSeveral ? model.title : "training", parts.joined(separator: ", ")]]
  }

  /// Precision, recall and F1 of each activity, and their averages as scikit-learn has them.
  static func measures(_ confusion: [[Int]], _ names: [String]) -> Page.Table {
    let classes = ClassMeasures.all(confusion)
    let rows = classes.map {
      [
        names[$0.label], number($0.precision, 4), number($0.recall, 4), number($0.f1, 4),
        "\($0.windows)",
      ]
    }
    let averages = [("macro average", AverageMeasures.macro(classes)), ("weighted average", .weighted(classes))].map {
      [$0.0] + [$0.1.precision, $0.1.recall, $0.1.f1].map { $0.decimal(digits: 4) }
        + ["\(classes.reduce(0) { $0 + $1.windows })"]
    }
    return Page.Table(heading: ["activity", "precision", "recall", "F1", "windows"], rows: rows + averages)
  }

  static func versions(_ configuration: RunConfiguration) -> [[String]] {
    configuration.versions.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
      + [["arithmetic", configuration.arithmetic]]
  }

  static func digests(_ networks: [NetworkResults]) -> [[String]] {
    networks.flatMap { network in
      network.repeats.compactMap { id, record in
        record.weightsDigest.map { ["\(network.settings.title) #\(id.repeatIndex + 1)", $0] }
      }
    }
  }
}

extension NetworkResults {
  /// The median over all epochs of all repeats; nil before the first.
  var windowsPerSecond: Double? { Quantiles(repeats.flatMap { $0.record.epochs.map(\.samplesPerSecond) })?.median }
}

extension Date {
  /// Such as `2026-01-31 14:25 UTC+01:00`, in the reader's time zone.
  package var dayAndMinute: String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd HH:mm 'UTC'xxx"
    return formatter.string(from: self)
  }
}
