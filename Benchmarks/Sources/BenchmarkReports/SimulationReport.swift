/// What a model of training's steps predicts, and how far it is from what was measured.
public struct SimulationReport: Sendable {
  /// A number of windows, of processes, and of threads in each.
  public struct Place: Sendable, Hashable {
    /// Windows of a minibatch.
    public var batchSize: Int
    /// That share the minibatch.
    public var processes: Int
    /// Of each process.
    public var threads: Int
    /// Units that share each shard's rows; 1 as training has it.
    public var unitsPerShard: Int

    /// Memberwise.
    public init(batchSize: Int, processes: Int, threads: Int, unitsPerShard: Int = 1) {
      (self.batchSize, self.processes, self.threads) = (batchSize, processes, threads)
      self.unitsPerShard = unitsPerShard
    }

    /// Threads of all processes.
    public var cores: Int { processes * threads }
  }

  /// A step as the model has it.
  public struct Prediction: Sendable {
    /// Where.
    public var place: Place
    /// Of the step.
    public var seconds: Double
    /// What the step is made of, in seconds; adds up to it.
    public var parts: [(name: String, seconds: Double)]

    /// Memberwise.
    public init(place: Place, seconds: Double, parts: [(name: String, seconds: Double)]) {
      (self.place, self.seconds, self.parts) = (place, seconds, parts)
    }

    var windowsPerSecond: Double { Double(place.batchSize) / seconds }
  }

  /// Measurements that the model didn't know, beside its predictions, each from what was measured at the same time.
  public struct Check: Sendable {
    /// Where.
    public var place: Place
    /// Seconds of a step, over the repetitions.
    public var measured: Spread
    /// Seconds of a step.
    public var predicted: Spread
    /// How much longer the predicted step is, as a share of the measured one: the median over the repetitions, so that what changes
    /// the machine's speed from one to the next falls out.
    public var error: Double

    /// - Parameter repetitions: measured and predicted seconds; at least one.
    public init(place: Place, _ repetitions: [(measured: Double, predicted: Double)]) {
      self.place = place
      measured = Spread(repetitions.map(\.measured))
      predicted = Spread(repetitions.map(\.predicted))
      error = Spread(repetitions.map { $0.predicted / $0.measured - 1 }).median
    }
  }

  /// On the machine that measured.
  public var checks: [Check]
  /// Minibatches that stay as they are.
  public var strong: [Prediction]
  /// Minibatches that grow with the cores.
  public var weak: [Prediction]
  /// Minibatches that stay as they are, with shards that are divided further than training does it.
  public var divided: [Prediction]

  /// What the checks don't allow is left out of the predictions.
  ///
  /// - Parameter largestError: as a share, from which the model may go on to what can't be measured.
  public init(
    checks: [Check], strong: [Prediction], weak: [Prediction], divided: [Prediction] = [], largestError: Double
  ) {
    self.checks = checks
    let judgement = Judgement(checks: checks, largestError: largestError)
    self.strong = strong.filter { judgement.allows($0.place) }
    self.divided = divided.filter { judgement.allows($0.place) }
    self.weak = judgement.allowed(growing: weak)
    refused = judgement.refusals(strong: strong, weak: weak, keptWeak: self.weak.count)
  }

  /// What was asked for and isn't predicted, and why, in a sentence each.
  public let refused: [String]

  static func percent(_ share: Double) -> String { (share > 0 ? "+" : "") + format(100 * share, 1) + " %" }

  // MARK: Text

  /// The tables, for people.
  public var text: String {
    [
      checkText, table("Strong scaling: the minibatch stays", strong, against: strong),
      table("Weak scaling: the minibatch grows", weak, against: weak),
      table("If each shard's rows were divided among several units", divided, against: strong),
    ]
    .compactMap { $0 }.joined(separator: "\n\n") + refused.map { "\n\n" + $0 }.joined()
  }

  private var checkText: String? {
    guard !checks.isEmpty else { return nil }
    let rows = checks.map { check in
      [
        "\(check.place.batchSize)", "\(check.place.processes)", "\(check.place.threads)",
        format(check.measured.median * 1e3, 2), "±\(format(100 * check.measured.relative, 1)) %",
        format(check.predicted.median * 1e3, 2), Self.percent(check.error),
      ]
    }
    return "Measured here and predicted, ms a step\n"
      + TextTable.text([["batch", "processes", "threads", "measured", "spread", "predicted", "error"]] + rows)
  }

  private func table(_ title: String, _ predictions: [Prediction], against all: [Prediction]) -> String? {
    guard let first = predictions.first else { return nil }
    let rows = predictions.map { prediction in
      let place = prediction.place
      let speedup = Self.speedup(prediction, among: all)
      return [
        "\(place.batchSize)", "\(place.processes)", "\(place.threads)", "\(place.unitsPerShard)",
        format(prediction.seconds * 1e3, 3),
        format(prediction.windowsPerSecond, 0), speedup.map { format($0, 2) } ?? "-",
        speedup.map { format(100 * $0 / Double(place.cores), 0) + " %" } ?? "-",
      ] + prediction.parts.map { format(100 * $0.seconds / prediction.seconds, 0) + " %" }
    }
    return title + "\n"
      + TextTable.text(
        [
          ["batch", "processes", "threads", "units/shard", "ms/step", "windows/s", "speed-up", "efficiency"]
            + first.parts.map(\.name)
        ] + rows)
  }

  /// Windows a second over those of one core: with the same minibatch, or, where minibatches grow, with the smallest.
  static func speedup(_ prediction: Prediction, among all: [Prediction]) -> Double? {
    let ofOneCore = all.filter { $0.place.cores == 1 }
    let reference =
      ofOneCore.first { $0.place.batchSize == prediction.place.batchSize }
      ?? (ofOneCore.count == 1 ? ofOneCore[0] : nil)
    return reference.map { prediction.windowsPerSecond / $0.windowsPerSecond }
  }

  /// Checks and predictions as CSV, in seconds.
  public var csv: String {
    let names = (strong + weak).first?.parts.map(\.name) ?? []
    var text = "kind,batch_size,processes,threads,units_per_shard,measured_seconds,predicted_seconds"
    text += names.map { ",\($0)_seconds" }.joined() + "\n"
    for check in checks {
      text += "check,\(check.place.batchSize),\(check.place.processes),\(check.place.threads),1,"
      text += "\(check.measured.median),\(check.predicted.median)" + names.map { _ in "," }.joined() + "\n"
    }
    for (kind, predictions) in [("strong", strong), ("weak", weak), ("divided", divided)] {
      for prediction in predictions {
        text += "\(kind),\(prediction.place.batchSize),\(prediction.place.processes),\(prediction.place.threads),"
        text += "\(prediction.place.unitsPerShard),,"
        text += "\(prediction.seconds)" + prediction.parts.map { ",\($0.seconds)" }.joined() + "\n"
      }
    }
    return text
  }
}
