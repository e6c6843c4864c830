internal import NeuralNetworks
package import SystemSupport
package import Windows

/// What a cross-validation came to: each fold's repeats, and what their networks say of each person who was held out.
package struct CrossValidationResults: Sendable {
  /// One training, judged on its fold.
  package struct Training: Sendable {
    package let id: TrainingID
    package let record: RepeatRecord
    /// Right windows of each person held out, and all of theirs, by person; empty where it diverged.
    package let people: [Int: (right: Int, windows: Int)]
  }

  package let path: String
  package let configuration: CrossValidationConfiguration
  /// Those that have ended, in their order.
  package let trainings: [Training]

  /// Reads a folder's checkpoints, and lets each network judge its fold's windows.
  ///
  /// Throws where there is no cross-validation, or a checkpoint of another one.
  package init(path: String, store: WindowStore, _ context: PredictionContext) throws {
    let configuration = try CrossValidationConfiguration.read("\(path)/\(CrossValidationConfiguration.fileName)")
    self.path = path
    self.configuration = configuration
    let windows = configuration.windows(store)
    trainings = try configuration.trainings.compactMap { id in
      let name = "\(path)\(configuration.checkpointName(id))"
      let slot = CheckpointSlot(
        path: "\(name).h5", previousPath: "\(name).previous.h5", identity: try configuration.identity(id),
        earlierIdentities: [], warn: { _ in })
      guard let checkpoint = try slot.lastGood(), checkpoint.record.status != .running else { return nil }
      let fold = Set(configuration.folds[id.model])
      return Training(
        id: id, record: checkpoint.record,
        people: checkpoint.record.status == .finished
          ? try checkpoint.rightWindows(of: windows.selecting { fold.contains($0) }, configuration.model, context) : [:]
      )
    }
  }
}

extension Checkpoint {
  fileprivate func rightWindows(
    of windows: WindowSet, _ model: ExperimentSettings.Model, _ context: PredictionContext
  ) throws -> [Int: (right: Int, windows: Int)] {
    let network = try Sequential(model.network, convolution: model.training.convolution)
    try network.check(windows)
    guard parameters.count == network.parameterBufferCount else {
      throw RunFolderError(path ?? "", .foreignCheckpoint)
    }
    let buffer = AlignedBuffer(count: network.parameterBufferCount)
    buffer.write(parameters)
    let scaling = scaling.isEmpty ? nil : try FeatureScaling(jsonText: scaling)
    let probabilities = Predictor(model: network, kernels: context.kernels, parameters: buffer)
      .probabilities(try scaling?.scaled(windows) ?? windows, threads: context.threads)
    var people: [Int: (right: Int, windows: Int)] = [:]
    for index in 0..<windows.count {
      let predicted = probabilities.withUnsafeBufferPointer {
        CategoricalCrossEntropy.mostProbable(
          $0.baseAddress! + index * network.classCount, classes: network.classCount)
      }
      people[Int(windows.subjects[index]), default: (0, 0)].windows += 1
      if predicted == Int(windows.labels[index]) { people[Int(windows.subjects[index]), default: (0, 0)].right += 1 }
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
    package let windows: Int
    /// One per repeat that has a score.
    package let scores: [Double]
    package let mean: Double?
    /// With divisor n.
    package let deviation: Double?
    /// nil for a person of a fold with others.
    package let macroF1: Double?
  }

  /// One row per fold that has ended a repeat.
  package var folds: [Row] {
    configuration.folds.enumerated().compactMap { fold, people in
      let own = trainings.filter { $0.id.model == fold }
      guard !own.isEmpty else { return nil }
      let scores = Scores(own.compactMap(\.record.score))
      return Row(
        fold: fold + 1, people: people, windows: own[0].people.values.reduce(0) { $0 + $1.windows },
        scores: scores.values.compactMap { $0 }, mean: scores.mean, deviation: scores.deviation,
        macroF1: Self.macroF1(own))
    }
  }

  /// One row per person who has been held out, in ascending order.
  package var people: [Row] {
    configuration.folds.joined().sorted().compactMap { person in
      let judged = trainings.compactMap { $0.people[person] }
      guard let windows = judged.first?.windows else { return nil }
      let scores = Scores(judged.map { Double($0.right) / Double($0.windows) * 100 })
      let isAlone = configuration.folds.contains([person])
      return Row(
        fold: nil, people: [person], windows: windows, scores: scores.values.compactMap { $0 }, mean: scores.mean,
        deviation: scores.deviation,
        macroF1: isAlone ? Self.macroF1(trainings.filter { configuration.folds[$0.id.model] == [person] }) : nil)
    }
  }

  /// Held-out windows by activity (row) and prediction (column), of all trainings together; nil where none has finished.
  package var confusion: [[Int]]? { Self.confusion(trainings) }

  /// Of all held-out windows of all repeats together.
  package var macroF1: Double? { Self.macroF1(trainings) }

  /// Over folds, of their means in percent: what papers report.
  package var foldScores: Scores { Scores(folds.map(\.mean)) }

  private static func macroF1(_ trainings: [Training]) -> Double? {
    confusion(trainings).map { AverageMeasures.macro(ClassMeasures.all($0)).f1 }
  }

  private static func confusion(_ trainings: [Training]) -> [[Int]]? {
    let matrices = trainings.compactMap(\.record.confusion)
    guard let first = matrices.first else { return nil }
    return matrices.dropFirst().reduce(first) { sum, matrix in zip(sum, matrix).map { zip($0, $1).map { $0 + $1 } } }
  }

  /// Writes `folds.csv`, `people.csv` and `confusion.csv` into the folder.
  package func writeTables() throws(OutputError) {
    func write(_ name: String, _ table: CSVTable) throws(OutputError) {
      try AtomicFile.replace("\(path)/\(name)", with: table.text.utf8)
    }
    func table(_ rows: [Row], named first: String) -> CSVTable {
      var table = CSVTable(columns: [first, "windows", "repeats", "accuracy", "deviation", "macro_f1"])
      for row in rows {
        let name = row.people.map(String.init).joined(separator: " ")
        table.append(
          [name, "\(row.windows)", "\(row.scores.count)"]
            + [row.mean, row.deviation, row.macroF1].map { $0.map { "\($0)" } })
      }
      return table
    }
    try write("folds.csv", table(folds, named: "held_out"))
    try write("people.csv", table(people, named: "person"))
    let names = configuration.run.store.activityNames
    var matrix = CSVTable(columns: ["activity"] + names)
    for (name, row) in zip(names, confusion ?? []) { matrix.append([name] + row.map { "\($0)" }) }
    try write("confusion.csv", matrix)
  }
}
