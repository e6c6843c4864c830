/// A training step on any number of cores and processes, from its units as they were measured on one core.
///
/// Units are claimed one by one, as ``Training/WorkerTeam`` does it: whoever is free takes the next, and a loop ends with its last unit.
public struct StepSimulation: Sendable {
  private let slices: [GradientSlice]
  private let cores: CoreModel
  private let network: NetworkModel

  /// - Parameters:
  ///   - slices: those of the gradient, as the units of its completion count them.
  ///   - network: what joins processes; of no account for one.
  public init(slices: [GradientSlice], cores: CoreModel, network: NetworkModel = .free) {
    (self.slices, self.cores, self.network) = (slices, cores, network)
  }

  /// Where a step's time goes, in seconds; the parts add up to the whole.
  public struct Outcome: Sendable, Equatable {
    /// The whole step.
    public var seconds: Double
    /// Units, divided by all cores.
    public var work: Double
    /// Loops that begin and end, and what one thread does between them.
    public var loops: Double
    /// What processes wait for each other and for the network.
    public var communication: Double
    /// Cores without a unit: there are too few, or the last ones are longer.
    public var idle: Double { max(0, seconds - work - loops - communication) }

    static func + (a: Outcome, b: Outcome) -> Outcome {
      Outcome(
        seconds: a.seconds + b.seconds, work: a.work + b.work, loops: a.loops + b.loops,
        communication: a.communication + b.communication)
    }

    static func / (a: Outcome, count: Double) -> Outcome {
      Outcome(
        seconds: a.seconds / count, work: a.work / count, loops: a.loops / count,
        communication: a.communication / count)
    }
  }

  /// The mean of several measured steps.
  ///
  /// - Parameters:
  ///   - threads: of each process.
  ///   - parts: of a minibatch that is too large to be worked on at once; the units are those of one part.
  ///   - busyCores: how many cores of a machine are busy; that of the threads of one process by default.
  public func outcome(_ steps: [StepUnits], threads: Int, processes: Int = 1, parts: Int = 1, busyCores: Int? = nil)
    -> Outcome
  {
    let outcomes = steps.map {
      outcome($0, threads: threads, processes: processes, parts: Double(parts), busyCores: busyCores ?? threads)
    }
    guard let first = outcomes.first else { return Outcome(seconds: 0, work: 0, loops: 0, communication: 0) }
    return outcomes.dropFirst().reduce(first, +) / Double(outcomes.count)
  }

  private func outcome(
    _ measured: StepUnits, threads: Int, processes: Int, parts: Double, busyCores: Int
  ) -> Outcome {
    let units = measured.slowed(by: cores.slowdown(cores: busyCores))
    let cost = cores.loopCost(threads: threads)
    let packing = loopSeconds(units.packing, threads: threads, cost)
    let update = loopSeconds(units.update, threads: threads, cost)
    let middle: Double
    var communication = 0.0
    if processes == 1 {
      middle =
        loopSeconds(units.shards.map(\.seconds), threads: threads, cost)
        + loopSeconds(units.gradient, threads: threads, cost)
    } else {
      middle = together(units, threads: threads, processes: processes, network)
      communication = max(0, middle - together(units, threads: threads, processes: processes, .free))
    }
    let divided = Double(threads * processes)
    // Every process packs all weights and makes the optimizer's whole step.
    let work =
      (units.packing + units.update).reduce(0, +) / Double(threads)
      + parts * (units.shards.map(\.seconds) + units.gradient).reduce(0, +) / divided
    let emptyLoops = (2 + 2 * parts) * cost.loop + parts * units.betweenLoops
    return Outcome(
      seconds: packing + parts * (middle + units.betweenLoops) + update, work: work, loops: emptyLoops,
      communication: parts * communication)
  }

  private func together(_ units: StepUnits, threads: Int, processes: Int, _ network: NetworkModel) -> Double {
    var simulation = SharedGradientSimulation(
      units, slices: slices, threads: threads, processes: processes, cost: cores.loopCost(threads: threads),
      network: network)
    return simulation.run()
  }

  /// A loop from its beginning to its end. The leader begins at once, the others when they have heard of it.
  private func loopSeconds(_ units: [Double], threads: Int, _ cost: CoreModel.LoopCost) -> Double {
    var free = EventQueue<Void>()
    for thread in 0..<min(threads, units.count) { free.add((), at: thread == 0 ? 0 : cost.loop / 2) }
    var (claims, end) = (0.0, 0.0)
    for unit in units {
      guard let (time, _) = free.next() else { break }
      let claimed = max(time, claims) + cost.claim
      claims = claimed
      end = max(end, claimed + unit)
      free.add((), at: claimed + unit)
    }
    return end + cost.loop / 2
  }
}

extension StepUnits {
  func slowed(by slowdown: CoreModel.Slowdown) -> StepUnits {
    var slowed = self
    slowed.packing = packing.map { $0 * slowdown.packing }
    slowed.gradient = gradient.map { $0 * slowdown.gradient }
    slowed.update = update.map { $0 * slowdown.update }
    slowed.shards = shards.map { $0.taking(slowdown.passes) }
    return slowed
  }
}
