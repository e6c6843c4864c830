internal import NeuralNetworks
package import Statistics
package import Training
package import Windows

/// One network of a run: its repeats, and what those that ended say of the store's test windows.
package struct NetworkResults: Sendable {
  package let run: RunResults
  /// The network's place in the run's settings.
  package let index: Int
  /// Of the finished repeats, in their order; empty where the store isn't at hand.
  package let members: [Predictions]
  /// Whether each of them classifies each test window correctly, `[members, N]`.
  let correctWindows: [[Bool]]
  /// The average of their probabilities; nil without members.
  package let ensemble: Predictions?
  /// Of their probabilities, all their windows together; nil without members.
  package let calibration: Calibration?
  /// What they are worth on each person's test windows; empty without members.
  package let people: [PersonResult]

  /// Lets every finished repeat judge the test windows.
  ///
  /// - Parameter store: the run's, its windows as they were recorded; nil where it isn't at hand.
  /// - Throws: where a checkpoint can't be read, or is of another run.
  package init(_ run: RunResults, network index: Int, store: WindowStore?, _ context: PredictionContext) throws {
    let members = try store.map { store in
      try run.finished(model: index).compactMap { try run.predictions($0.id, store, context) }
    }
    self.init(run, network: index, members: members ?? [])
  }

  /// What follows from the predictions of the finished repeats for the test windows of one store.
  package init(_ run: RunResults, network index: Int, members: [Predictions]) {
    self.run = run
    self.index = index
    self.members = members
    let correct = members.map(\.correctWindows)
    correctWindows = correct
    ensemble = members.isEmpty ? nil : .ensemble(members)
    guard let store = members.first?.store else {
      (calibration, people) = (nil, [])
      return
    }
    calibration = Calibration(
      probabilities: members.flatMap(\.probabilities), labels: members.flatMap { _ in store.test.labels },
      classes: store.activityNames.count)
    people = Set(store.test.subjects).sorted().map { person in
      let rows = store.test.subjects.indices.filter { store.test.subjects[$0] == person }
      let shares = correct.map { correct in Double(rows.count { correct[$0] }) / Double(rows.count) }
      return PersonResult(person: Int(person), windows: rows.count, accuracies: shares)
    }
  }

  package var settings: ExperimentSettings.Model { run.configuration.settings.models[index] }
  package var activityNames: [String] { run.configuration.store.activityNames }

  /// The network's name in headings: with its run's, where `isOneOfSeveral`.
  package func title(isOneOfSeveral: Bool) -> String {
    isOneOfSeveral ? "\(settings.title) (\(run.name))" : settings.title
  }

  /// All repeats that have begun.
  package var repeats: [(id: TrainingID, record: RepeatRecord)] {
    run.configuration.settings.trainings.filter { $0.model == index }.compactMap { id in
      run.records[id].map { (id, $0) }
    }
  }

  package var finished: [(id: TrainingID, record: RepeatRecord)] { run.finished(model: index) }

  /// Test accuracies of the finished repeats in percent.
  package var scores: [Double] { finished.compactMap(\.record.score) }

  /// Test windows by activity (row) and prediction (column), of all finished repeats together; nil where none has finished.
  package var confusion: [[Int]]? { ConfusionMatrix.sum(finished.compactMap(\.record.confusion)) }
}

/// What the repeats of a network are worth on one person's windows.
package struct PersonResult: Sendable, Equatable {
  package let person: Int
  package let windows: Int
  /// The share of windows classified correctly, one per repeat.
  package let accuracies: [Double]

  /// Over repeats.
  package var mean: Double { accuracies.reduce(0, +) / Double(max(1, accuracies.count)) }

  /// What a bootstrap over people adds up: correctly classified windows per repeat, of the person's windows.
  package var totals: ClusterBootstrap.Totals {
    .init(numerator: mean * Double(windows), denominator: Double(windows))
  }
}

extension Predictions {
  /// The most probable class of each window, the first of equals, `[N]`.
  package var predicted: [Int] {
    let classes = store.activityNames.count
    return (0..<store[split].count).map { window in
      probabilities.withUnsafeBufferPointer {
        CategoricalCrossEntropy.mostProbable($0.baseAddress! + window * classes, classes: classes)
      }
    }
  }

  /// Whether each window's most probable class is its label, `[N]`.
  package var correctWindows: [Bool] { zip(predicted, store[split].labels).map { $0 == Int($1) } }
}

extension RunResults {
  /// The folder's own name.
  package var name: String { lastName(of: path) }
}
