internal import NeuralNetworks
internal import Synchronization
package import SystemSupport
package import Windows

/// What a cross-validation came to: each fold's repeats, and what their networks say of each person who was held out.
package struct CrossValidationResults: Sendable {
  /// One training, judged on its fold.
  package struct Training: Sendable {
    package let id: TrainingID
    package let record: RepeatRecord
    /// Each held-out person's windows by activity (row) and prediction (column); empty where it diverged, and of folds of several people
    /// without the store.
    package let people: [Int: [[Int]]]
  }

  package let path: String
  package let configuration: CrossValidationConfiguration
  /// Those that have ended, in their order.
  package let trainings: [Training]
  /// What is lost, a line each: checkpoints that were passed over.
  package let warnings: [String]
  /// Windows of each person who takes part; without the store of those about whom the checkpoints tell.
  package let windows: [Int: Int]

  /// Reads a folder's checkpoints, and lets each network judge its fold's windows.
  ///
  /// Throws where there is no cross-validation, or a checkpoint of another one.
  ///
  /// - Parameter store: the one that was trained on; nil where it isn't at hand, and nothing is known of the people of folds of several.
  package init(path: String, store: WindowStore?, _ context: PredictionContext) throws {
    let configuration = try CrossValidationConfiguration.read("\(path)/\(CrossValidationConfiguration.fileName)")
    self.path = path
    self.configuration = configuration
    let windows = store.map(configuration.windows)
    let lost = Mutex<[String]>([])
    trainings = try configuration.trainings.compactMap { id -> Training? in
      let slot = try CheckpointSlot(path, configuration, id) { line in lost.withLock { $0.append(line) } }
      guard let checkpoint = try slot.lastGood(), checkpoint.record.status != .running else { return nil }
      guard checkpoint.record.fits(activities: configuration.run.store.activityNames.count) else {
        throw RunFolderError(slot.path, .foreignCheckpoint)
      }
      let record = checkpoint.record
      let fold = configuration.folds[id.model]
      var people: [Int: [[Int]]] = [:]
      if record.status == .finished {
        if let windows {
          let own = windows.selecting { fold.contains($0) }
          people = try checkpoint.confusions(of: own, configuration.model, context)
        } else if fold.count == 1 {
          people[fold[0]] = record.confusion
        }
      }
      return Training(id: id, record: record, people: people)
    }
    var counts: [Int: Int] = [:]
    if let windows {
      for subject in windows.subjects { counts[Int(subject), default: 0] += 1 }
    } else {
      for (person, matrix) in trainings.flatMap(\.people) { counts[person] = ConfusionMatrix.correct(matrix).windows }
    }
    self.windows = counts
    warnings = lost.withLock { $0 }
  }

  /// Whether something is known of everybody who was held out in a training that came to a score.
  package var knowsPeople: Bool {
    trainings.allSatisfy { $0.record.status != .finished || !$0.people.isEmpty }
  }
}

extension Checkpoint {
  /// Each person's windows by activity (row) and prediction (column).
  fileprivate func confusions(
    of windows: WindowSet, _ model: ExperimentSettings.Model, _ context: PredictionContext
  ) throws -> [Int: [[Int]]] {
    let probabilities = try probabilities(of: windows, model, context)
    let classes = probabilities.count / max(1, windows.count)
    let none = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    var people: [Int: [[Int]]] = [:]
    for index in 0..<windows.count {
      let predicted = probabilities.withUnsafeBufferPointer {
        CategoricalCrossEntropy.mostProbable($0.baseAddress! + index * classes, classes: classes)
      }
      people[Int(windows.subjects[index]), default: none][Int(windows.labels[index])][predicted] += 1
    }
    return people
  }
}

// MARK: Tables

extension CrossValidationResults {
  /// A fold or a person: accuracies over repeats in percent, and the macro average of F1 of all repeats' windows together.
  package struct Row: Sendable, Encodable {
    /// From 1; nil for a person.
    package let fold: Int?
    package let people: [Int]
    /// nil without the store, where no repeat's confusion tells.
    package let windows: Int?
    /// One per repeat that has a score.
    package let scores: [Double]
    package let mean: Double?
    /// With divisor n.
    package let deviation: Double?
    /// nil where every repeat diverged.
    package let macroF1: Double?
  }

  /// One row per fold that has ended a repeat.
  package var folds: [Row] {
    configuration.folds.enumerated().compactMap { fold, people in
      let own = trainings.filter { $0.id.model == fold }
      guard !own.isEmpty else { return nil }
      let scores = Scores(own.compactMap(\.record.score))
      return Row(
        fold: fold + 1, people: people, windows: windows(people, own),
        scores: scores.values.compactMap { $0 }, mean: scores.mean, deviation: scores.deviation,
        macroF1: ConfusionMatrix.macroF1(ConfusionMatrix.sum(own.compactMap(\.record.confusion))))
    }
  }

  /// The windows of a fold's people, with its trainings.
  private func windows(_ people: [Int], _ trainings: [Training]) -> Int? {
    let known = people.compactMap { windows[$0] }
    if known.count == people.count { return known.reduce(0, +) }
    return trainings.lazy.compactMap(\.record.confusion).first?.joined().reduce(0, +)
  }

  /// One row per person of a fold that has ended a repeat, in ascending order.
  package var people: [Row] {
    Set(trainings.map(\.id.model)).flatMap { configuration.folds[$0] }.sorted().map { person in
      let judged = trainings.compactMap { $0.people[person] }
      let scores = Scores(
        judged.map { matrix in
          let (correct, windows) = ConfusionMatrix.correct(matrix)
          return Double(correct) / Double(windows) * 100
        })
      return Row(
        fold: nil, people: [person], windows: windows[person], scores: scores.values.compactMap { $0 },
        mean: scores.mean, deviation: scores.deviation, macroF1: ConfusionMatrix.macroF1(ConfusionMatrix.sum(judged)))
    }
  }

  /// Held-out windows by activity (row) and prediction (column), of all trainings together; nil where none has finished.
  package var confusion: [[Int]]? { ConfusionMatrix.sum(trainings.compactMap(\.record.confusion)) }

  /// Of all held-out windows of all repeats together.
  package var macroF1: Double? { ConfusionMatrix.macroF1(confusion) }

  /// Over folds, of their means in percent: what papers report.
  package var foldScores: Scores { Scores(folds.map(\.mean)) }

  /// Writes `folds.csv`, `people.csv` and `confusion.csv` into the folder.
  package func writeTables() throws(OutputError) {
    func write(_ name: String, _ table: CSVTable) throws(OutputError) {
      try AtomicFile.replace("\(path)/\(name)", with: table.text.utf8)
    }
    func table(_ rows: [Row], _ columns: [String], _ names: (Row) -> [String]) -> CSVTable {
      var table = CSVTable(columns: columns + ["windows", "repeats", "accuracy", "deviation", "macro_f1"])
      for row in rows {
        table.append(
          names(row) + [row.windows.map { "\($0)" }, "\(row.scores.count)"]
            + [row.mean, row.deviation, row.macroF1].map { $0.map { "\($0)" } })
      }
      return table
    }
    try write(
      "folds.csv",
      table(folds, ["fold", "held_out"]) { row in
        ["\(row.fold ?? 0)", row.people.map(String.init).joined(separator: " ")]
      })
    try write("people.csv", table(people, ["person"]) { ["\($0.people[0])"] })
    let names = configuration.run.store.activityNames
    var matrix = CSVTable(columns: ["activity"] + names)
    for (name, row) in zip(names, confusion ?? []) { matrix.append([name] + row.map { "\($0)" }) }
    try write("confusion.csv", matrix)
  }
}
