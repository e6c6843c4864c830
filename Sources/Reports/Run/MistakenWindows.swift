internal import Statistics
internal import Training
internal import Windows

/// A test window that the ensemble of the repeats misclassifies.
struct MistakenWindow: Sendable, Equatable {
  /// Its row in the store.
  let window: Int
  let label: Int
  let predicted: Int
  /// Repeats that misclassify it, of all.
  let wrongRepeats: Int
  /// The repeats' average, `[classes]`.
  let probabilities: [Float]

  /// The windows that the most repeats misclassify, the most confident first; no more than two of a pair of activities, so
  /// that there is something of everything.
  static func worst(_ results: NetworkResults, count: Int) -> [MistakenWindow] {
    guard let ensemble = results.ensemble else { return [] }
    let labels = ensemble.store.test.labels
    let classes = results.activityNames.count
    let correct = results.correctWindows
    let predicted = ensemble.predicted
    let mistakes = labels.indices.filter { predicted[$0] != Int(labels[$0]) }.map { window in
      MistakenWindow(
        window: window, label: Int(labels[window]), predicted: predicted[window],
        wrongRepeats: correct.count { !$0[window] },
        probabilities: Array(ensemble.probabilities[(window * classes)..<((window + 1) * classes)]))
    }
    var pairs: [[Int]: Int] = [:]
    let sorted = mistakes.sorted {
      (-$0.wrongRepeats, -$0.probabilities[$0.predicted], $0.window)
        < (-$1.wrongRepeats, -$1.probabilities[$1.predicted], $1.window)
    }
    let chosen = sorted.filter { mistake in
      pairs[[mistake.label, mistake.predicted], default: 0] += 1
      return pairs[[mistake.label, mistake.predicted], default: 0] <= 2
    }
    return Array(chosen.prefix(count))
  }
}
