import Training

/// Where the time of a step goes, in seconds, of the mean thread; the parts add up to the whole.
package struct PhaseTimes: Sendable, Equatable, Codable {
  /// The whole step.
  package var seconds = 0.0
  /// Weights into the kernels' order; shards through the network; the gradient's sums; the optimizer.
  package var packing = 0.0, passes = 0.0, gradient = 0.0, update = 0.0
  /// Threads that wait for the others of their loop.
  package var barrier = 0.0
  /// Messages, and waiting for other processes.
  package var communication = 0.0
  /// One thread at work between two loops, while the others wait.
  package var between = 0.0

  package init() {}

  /// Of one step with so many threads.
  package init(_ step: TracedStep) {
    let threads = Double(step.spans.count)
    let loops = step.loops.reduce(0) { $0 + Double($1.end - $1.start) * 1e-9 }
    var inLoops = 0.0
    var alone = 0.0
    for spans in step.spans {
      for (span, nanoseconds) in TracedStep.exclusive(spans) {
        let seconds = Double(nanoseconds) * 1e-9
        guard step.loops.contains(where: { $0.start <= span.start && span.end <= $0.end }) else {
          // What the leader does between loops, all wait for.
          alone += seconds
          continue
        }
        inLoops += seconds
        switch span.phase {
        case .packing: packing += seconds / threads
        case .passes: passes += seconds / threads
        case .gradient: gradient += seconds / threads
        case .update: update += seconds / threads
        case .waiting: inLoops -= seconds
        case .communication: communication += seconds / threads
        }
      }
    }
    seconds = step.seconds
    communication += alone
    barrier = max(0, loops - inLoops / threads)
    between = max(0, seconds - loops - alone)
  }

  /// Names and parts, in the order of a step.
  package var parts: [(name: String, seconds: Double)] {
    [
      ("packing", packing), ("forward and backward", passes), ("gradient", gradient), ("update", update),
      ("barrier", barrier), ("communication", communication), ("between loops", between),
    ]
  }

  /// The mean of the middle half, by their length, of several steps; all zero for none.
  package static func typical(_ steps: [TracedStep]) -> PhaseTimes {
    mean(TracedStep.middleHalf(steps).map(PhaseTimes.init))
  }

  /// The mean of the fastest quarter; all zero for none.
  package static func undisturbed(_ steps: [TracedStep]) -> PhaseTimes {
    mean(TracedStep.fastestQuarter(steps).map(PhaseTimes.init))
  }

  /// The mean; all zero for none.
  package static func mean(_ all: [PhaseTimes]) -> PhaseTimes {
    var mean = PhaseTimes()
    guard !all.isEmpty else { return mean }
    for path in paths { mean[keyPath: path] = all.reduce(0) { $0 + $1[keyPath: path] } / Double(all.count) }
    return mean
  }

  private static var paths: [WritableKeyPath<PhaseTimes, Double>] {
    [\.seconds, \.packing, \.passes, \.gradient, \.update, \.barrier, \.communication, \.between]
  }
}

extension TracedStep {
  /// The steps that are neither among the fastest nor among the slowest quarter.
  package static func middleHalf(_ steps: [TracedStep]) -> [TracedStep] {
    let quarter = steps.count / 4
    return Array(steps.sorted { $0.seconds < $1.seconds }.dropFirst(quarter).dropLast(quarter))
  }

  /// The fastest quarter, one at least: what else a machine does only ever slows a step.
  package static func fastestQuarter(_ steps: [TracedStep]) -> [TracedStep] {
    leastQuarter(steps, by: \.seconds)
  }
}

/// The mean of the fastest quarter, one at least; 0 for none.
package func undisturbed(_ seconds: [Double]) -> Double {
  let fastest = leastQuarter(seconds, by: \.self)
  return fastest.isEmpty ? 0 : fastest.reduce(0, +) / Double(fastest.count)
}

private func leastQuarter<Element>(_ elements: [Element], by value: KeyPath<Element, Double>) -> [Element] {
  Array(elements.sorted { $0[keyPath: value] < $1[keyPath: value] }.prefix((elements.count + 3) / 4))
}
