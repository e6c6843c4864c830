/// The trials of a search, best first.
package struct TuningRanking: Sendable, Equatable {
  /// A trial and what it came to on the last rung that it reached.
  package struct Entry: Sendable, Equatable {
    /// The trial, from 0.
    package let trial: Int
    /// The rung, from 0, and the epochs trained there.
    package let rung: Int
    /// Epochs after which it was judged.
    package let epochs: Int
    /// Mean and deviation (divisor n) of the folds' accuracies in percent; nil where one of them diverged.
    package let mean: Double?
    /// The deviation of the folds' accuracies.
    package let deviation: Double?
  }

  /// Best first: by rung, then by mean, then by number.
  package let entries: [Entry]

  /// The ranking of what has a result on every fold.
  package init(_ configuration: TuningConfiguration, _ results: [TuningJob: TuningResult]) {
    var entries: [Entry] = []
    for (index, trial) in configuration.trials.enumerated() {
      for rung in trial.rungEpochs.indices.reversed() {
        let folds = configuration.folds.indices.compactMap { results[TuningJob(trial: index, fold: $0, rung: rung)] }
        guard folds.count == configuration.folds.count else { continue }
        let scores = Scores(folds.map(\.score))
        let isWhole = folds.allSatisfy { $0.score != nil }
        entries.append(
          Entry(
            trial: index, rung: rung, epochs: trial.rungEpochs[rung], mean: isWhole ? scores.mean : nil,
            deviation: isWhole ? scores.deviation : nil))
        break
      }
    }
    self.entries = entries.sorted { a, b in
      (a.rung, a.mean ?? -1, b.trial) > (b.rung, b.mean ?? -1, a.trial)
    }
  }

  /// The trials that go on from a rung: the best of those that were judged there, in the order of their numbers.
  func promoted(from rung: Int, reduction: Int) -> [Int] {
    let judged = entries.filter { $0.rung == rung }
    return judged.prefix(max(1, judged.count / reduction)).filter { $0.mean != nil }.map(\.trial).sorted()
  }
}
