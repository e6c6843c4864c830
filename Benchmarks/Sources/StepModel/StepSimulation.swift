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
    /// What the network takes, and what waiting for it costs; waiting for a slower process is idle.
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
  ///   - own: how much longer units take in each process, where their cores differ; empty for what is known of so many threads.
  public func outcome(
    _ steps: [StepUnits], threads: Int, processes: Int = 1, parts: Int = 1, own: [CoreModel.Slowdown] = []
  ) -> Outcome {
    precondition(own.isEmpty || own.count == processes)
    let outcomes = steps.map { step in
      let units =
        own.isEmpty
        ? Array(repeating: step.slowed(by: cores.slowdown(cores: threads)), count: processes) : own.map(step.slowed)
      return outcome(units, threads: threads, parts: Double(parts))
    }
    guard let first = outcomes.first else { return Outcome(seconds: 0, work: 0, loops: 0, communication: 0) }
    return outcomes.dropFirst().reduce(first, +) / Double(outcomes.count)
  }

  /// - Parameter units: those of each process.
  private func outcome(_ units: [StepUnits], threads: Int, parts: Double) -> Outcome {
    let cost = cores.loopCost(threads: threads)
    // Every process packs all weights and makes the optimizer's whole step, as soon as it has the whole gradient.
    let own = units.map {
      loopSeconds($0.packing, threads: threads, cost) + loopSeconds($0.update, threads: threads, cost)
    }
    let first, further, loopsOfPart: Double
    var communication = 0.0
    if units.count == 1 {
      further =
        loopSeconds(units[0].shards.map(\.seconds), threads: threads, cost)
        + loopSeconds(units[0].gradient, threads: threads, cost)
      first = own[0] + further
      loopsOfPart = 2
    } else {
      func together(_ network: NetworkModel, after starts: [Double]) -> Double {
        var simulation = SharedGradientSimulation(
          units, starts: starts, slices: slices, threads: threads, cost: cost, network: network)
        return simulation.run()
      }
      // Shards and slices are units of one loop.
      loopsOfPart = 1
      first = together(network, after: own)
      communication = max(0, first - together(.free, after: own))
      // A further part begins at once.
      let atOnce = own.map { _ in 0.0 }
      further = parts > 1 ? together(network, after: atOnce) : 0
      if parts > 1 { communication += (parts - 1) * max(0, further - together(.free, after: atOnce)) }
    }
    let between = parts * (units.map(\.betweenLoops).max() ?? 0)
    let work = units.reduce(0) { $0 + ($1.packing + $1.update).reduce(0, +) } + parts * sharedSeconds(units)
    let (seconds, ofEach) = (first + (parts - 1) * further + between, work / Double(threads * units.count))
    // A loop that ends before all threads have heard of it costs less than a whole one.
    let loops = min(
      (2 + loopsOfPart * parts) * cost.loop + between, max(0, seconds - ofEach - communication))
    return Outcome(seconds: seconds, work: ofEach, loops: loops, communication: communication)
  }

  /// What the shards and the gradient take in all processes.
  private func sharedSeconds(_ processes: [StepUnits]) -> Double {
    zip(processes, processes[0].ranges(processes: processes.count)).reduce(0) { sum, process in
      let (shards, gradient) = process.0.share(process.1)
      return sum + (shards.map(\.seconds) + gradient).reduce(0, +)
    }
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
  /// The shards of each of several processes that has some.
  func ranges(processes: Int) -> [Range<Int>] {
    let (least, more) = shards.count.quotientAndRemainder(dividingBy: processes)
    return (0..<min(shards.count, processes)).map { process in
      let first = process * least + min(process, more)
      return first..<first + least + (process < more ? 1 : 0)
    }
  }

  func slowed(by slowdown: CoreModel.Slowdown) -> StepUnits {
    var slowed = self
    slowed.packing = packing.map { $0 * slowdown.packing }
    slowed.gradient = gradient.map { $0 * slowdown.gradient }
    slowed.update = update.map { $0 * slowdown.update }
    slowed.shards = shards.map { $0.taking(slowdown.passes) }
    slowed.ofFewerShards = ofFewerShards.mapValues { $0.slowed(by: slowdown) }
    return slowed
  }
}
