/// What the model may predict, after what it was held against.
struct Judgement {
  let checks: [SimulationReport.Check]
  /// As a share.
  let largestError: Double

  /// Whether the model was held against a minibatch of this size, with several processes too where there are such, and never was too far off.
  func allows(_ place: SimulationReport.Place) -> Bool {
    let own = checks.filter { $0.place.batchSize == place.batchSize }
    let relevant = place.processes == 1 ? own.filter { $0.place.processes == 1 } : own
    return own.contains { ($0.place.processes > 1) == (place.processes > 1) } && !relevant.contains(where: isTooFarOff)
  }

  /// What it may predict of minibatches that grow, which are allowed as a whole, up to where processes come in.
  func allowed(growing all: [SimulationReport.Prediction]) -> [SimulationReport.Prediction] {
    let relevant = ofGrowing(all)
    return all.filter { prediction in
      relevant.contains { $0.place.processes == 1 }
        && !relevant.contains { $0.place.processes <= prediction.place.processes && isTooFarOff($0) }
        && (prediction.place.processes == 1 || relevant.contains { $0.place.processes > 1 })
    }
  }

  /// What was asked for and isn't predicted, in a sentence each.
  ///
  /// - Parameter keptWeak: how many of `weak` are predicted.
  func refusals(strong: [SimulationReport.Prediction], weak: [SimulationReport.Prediction], keptWeak: Int) -> [String] {
    var sentences: [String] = []
    for batchSize in Set(strong.map(\.place.batchSize)).sorted() {
      for isShared in [false, true] {
        let asked = strong.filter { $0.place.batchSize == batchSize && ($0.place.processes > 1) == isShared }
        guard let first = asked.first, !allows(first.place) else { continue }
        let who = isShared ? "several processes" : "one process"
        let relevant = checks.filter { $0.place.batchSize == batchSize && (isShared || $0.place.processes == 1) }
        sentences.append("Minibatches of \(batchSize) in \(who) aren't predicted: \(reason(relevant, isShared))")
      }
    }
    if keptWeak < weak.count {
      let isShared = weak.contains { $0.place.processes > 1 } && keptWeak > 0
      sentences.append(
        "Growing minibatches\(isShared ? " in several processes" : "") aren't predicted: "
          + reason(ofGrowing(weak), isShared))
    }
    return sentences
  }

  /// Those that were held against minibatches that grow from the smallest.
  private func ofGrowing(_ predictions: [SimulationReport.Prediction]) -> [SimulationReport.Check] {
    let least = predictions.map(\.place.batchSize).min() ?? 0
    return checks.filter { $0.place.batchSize == least * $0.place.cores }
  }

  private func isTooFarOff(_ check: SimulationReport.Check) -> Bool { !(abs(check.error) <= largestError) }

  private func reason(_ relevant: [SimulationReport.Check], _ isShared: Bool) -> String {
    guard let worst = relevant.filter(isTooFarOff).max(by: { abs($0.error) < abs($1.error) }) else {
      return
        "there was nothing to hold the model against (\(isShared ? "it needs two processes" : "it needs two cores"))."
    }
    return "the model is \(SimulationReport.percent(worst.error)) off at \(worst.place.processes) x "
      + "\(worst.place.threads) threads."
  }
}
