import StepModel
import Testing

/// The model of cores and network against steps that can be worked out by hand.
@Suite struct StepSimulationTests {
  private let ideal = CoreModel(loopCosts: [], slowdowns: [])

  /// A step of equal shards that takes nothing else.
  private func shards(_ seconds: [Double], gradient: [Double] = [], passages: [StepUnits.Passage] = []) -> StepUnits {
    StepUnits(
      packing: [], shards: seconds.map { .init(seconds: $0, passages: passages) }, gradient: gradient, update: [],
      betweenLoops: 0)
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-9 }

  @Test func oneCoreTakesAllUnitsInTurn() {
    let units = StepUnits(
      packing: [1, 2], shards: [.init(seconds: 5), .init(seconds: 7)], gradient: [0.5, 0.25], update: [3],
      betweenLoops: 0.125)
    let outcome = StepSimulation(slices: [.init(layer: 0, bytes: 8), .init(layer: 0, bytes: 8)], cores: ideal)
      .outcome([units], threads: 1)
    #expect(isClose(outcome.seconds, units.seconds) && isClose(outcome.seconds, 18.875))
    #expect(isClose(outcome.work, 18.75) && isClose(outcome.loops, 0.125))
    #expect(outcome.idle < 1e-9 && outcome.communication == 0)
  }

  @Test(arguments: [(1, 16.0), (2, 8), (3, 6), (5, 4), (8, 2), (15, 2), (16, 1), (64, 1)])
  func equalShardsFillCores(_ threads: Int, _ seconds: Double) {
    let outcome = StepSimulation(slices: [], cores: ideal).outcome(
      [shards(Array(repeating: 1, count: 16))], threads: threads)
    #expect(isClose(outcome.seconds, seconds))
    #expect(isClose(outcome.idle, seconds - 16 / Double(threads)))
  }

  @Test func whoIsFreeTakesTheNextUnit() {
    // Two cores: 3 and 3, then 2 and 2, then 2.
    let simulation = StepSimulation(slices: [], cores: ideal)
    #expect(isClose(simulation.outcome([shards([3, 3, 2, 2, 2])], threads: 2).seconds, 7))
    // The long one begins last.
    #expect(isClose(simulation.outcome([shards([1, 1, 1, 9])], threads: 2).seconds, 10))
  }

  @Test func stepsAreAveraged() {
    let steps = [shards([1, 1]), shards([3, 3])]
    #expect(isClose(StepSimulation(slices: [], cores: ideal).outcome(steps, threads: 2).seconds, 2))
    #expect(StepSimulation(slices: [], cores: ideal).outcome([], threads: 2).seconds == 0)
  }

  @Test func loopsAndClaimsCost() {
    let cores = CoreModel(loopCosts: [.init(threads: 4, loop: 2, claim: 0.5)], slowdowns: [])
    let simulation = StepSimulation(slices: [], cores: cores)
    // Units of no length are claimed one by one; four loops begin and end, of which those without units only end.
    let outcome = simulation.outcome([shards(Array(repeating: 0, count: 100))], threads: 4)
    #expect(isClose(outcome.seconds, 50 + 4 * 1))
    // The leader begins at once, the others later.
    let four = simulation.outcome([shards([10, 10, 10, 10])], threads: 4)
    #expect(isClose(four.seconds, 1 + 3 * 0.5 + 10 + 4 * 1))
    #expect(isClose(simulation.outcome([shards([10, 10])], threads: 1).seconds, 20))
  }

  @Test func costsBetweenAndBeyondMeasurements() {
    let cores = CoreModel(
      loopCosts: [.init(threads: 8, loop: 5, claim: 3), .init(threads: 2, loop: 1, claim: 1)],
      slowdowns: [.init(cores: 4, packing: 1, passes: 2, gradient: 3, update: 4), .none])
    #expect(cores.loopCost(threads: 1).loop == 0)
    #expect(cores.loopCost(threads: 2).loop == 1)
    #expect(cores.loopCost(threads: 5).loop == 3 && cores.loopCost(threads: 5).claim == 2)
    #expect(cores.loopCost(threads: 16).loop == 10 && cores.loopCost(threads: 16).claim == 3)
    #expect([1, 3, 4, 100].map { cores.slowdown(cores: $0).passes } == [1, 1, 2, 2])
    let units = StepUnits(packing: [1], shards: [.init(seconds: 1)], gradient: [1], update: [1], betweenLoops: 1)
    let outcome = StepSimulation(
      slices: [.init(layer: 0, bytes: 1)], cores: CoreModel(loopCosts: [], slowdowns: cores.slowdowns)
    ).outcome([units], threads: 4)
    // Each by its own factor, but for what one thread does between the loops.
    #expect(isClose(outcome.seconds, 1 + 2 + 3 + 4 + 1))
  }

  @Test func partsOfALargeMinibatchShareTheUpdate() {
    let units = StepUnits(
      packing: [1], shards: [.init(seconds: 4)], gradient: [0.5], update: [2], betweenLoops: 0.25)
    let simulation = StepSimulation(slices: [.init(layer: 0, bytes: 4)], cores: ideal)
    #expect(isClose(simulation.outcome([units], threads: 1, parts: 3).seconds, 1 + 3 * (4 + 0.5 + 0.25) + 2))
  }

  @Test func dividedShardsUseMoreCores() {
    let whole = shards(Array(repeating: 1, count: 16), passages: [.init(layer: 0, seconds: 0.5)])
    let divided = whole.dividingShards(into: 2, share: 0.7)
    #expect(divided.shards.count == 32)
    #expect(divided.shards.allSatisfy { isClose($0.seconds, 0.7) && isClose($0.passages[0].seconds, 0.35) })
    let simulation = StepSimulation(slices: [], cores: ideal)
    #expect(isClose(simulation.outcome([whole], threads: 32).seconds, 1))
    #expect(isClose(simulation.outcome([divided], threads: 32).seconds, 0.7))
    #expect(isClose(simulation.outcome([divided], threads: 16).seconds, 1.4))
  }

  // MARK: Processes

  private let oneSlice = [GradientSlice(layer: 0, bytes: 1000)]

  @Test func shardsAreDividedAndSlicesPassOn() {
    // Two processes of two shards each. The first has both at 2, its slices (half of the sums) at 2.1 and 2.2; the second goes on
    // with each when it comes: 2.2, 2.3.
    let slices = [GradientSlice(layer: 0, bytes: 8), GradientSlice(layer: 0, bytes: 8)]
    let units = shards(
      [1, 1, 1, 1], gradient: [0.2, 0.2], passages: [.init(layer: 0, seconds: 1)])
    let outcome = StepSimulation(slices: slices, cores: ideal, network: .free).outcome(
      [units], threads: 1, processes: 2)
    #expect(isClose(outcome.seconds, 2.3))
    #expect(outcome.communication == 0)
    #expect(isClose(outcome.work, 2.2))
  }

  /// Half of the shards take 0.75 each, and their sums a quarter of the whole's.
  @Test func fewerShardsTakeWhatWasMeasured() {
    var units = shards(Array(repeating: 1, count: 4), gradient: [0.8], passages: [.init(layer: 0, seconds: 1)])
    units.ofFewerShards = [2: shards([0.75, 0.75], gradient: [0.2], passages: [.init(layer: 0, seconds: 0.75)])]
    let simulation = StepSimulation(slices: oneSlice, cores: ideal)
    let two = simulation.outcome([units], threads: 1, processes: 2)
    #expect(isClose(two.seconds, 1.5 + 0.2 + 0.2) && isClose(two.work, 1.5 + 0.2))
    // Of three, one has two shards; the others' single ones were not measured.
    let three = simulation.outcome([units], threads: 1, processes: 3)
    #expect(isClose(three.seconds, 1.5 + 0.2 + 0.2 + 0.2) && isClose(three.work, (1.7 + 1.2 + 1.2) / 3))
    let slowed = StepSimulation(
      slices: oneSlice,
      cores: CoreModel(loopCosts: [], slowdowns: [.init(cores: 2, packing: 1, passes: 2, gradient: 3, update: 1)])
    ).outcome([units], threads: 2, processes: 2)
    #expect(isClose(slowed.seconds, 1.5 + 0.6 + 0.6))
    #expect(isClose(simulation.outcome([units], threads: 1).seconds, 4.8))
  }

  /// The step takes as long as the slower of two processes, and what then is left of the chain.
  @Test func processesOfUnlikeCores() {
    var units = shards([1, 1, 1, 1], gradient: [0.5], passages: [.init(layer: 0, seconds: 1)])
    (units.packing, units.update, units.betweenLoops) = ([0.25], [0.125], 0.0625)
    let simulation = StepSimulation(slices: oneSlice, cores: ideal)
    let slow = CoreModel.Slowdown(cores: 2, packing: 2, passes: 1.5, gradient: 4, update: 2)
    // The slow one is last, with its own part of the sum: 0.25 x 4.
    let slowLast = simulation.outcome([units], threads: 1, processes: 2, own: [.none, slow])
    #expect(isClose(slowLast.seconds, 0.75 + 3 + 1 + 0.0625))
    // Or first, and the other waits for it.
    let slowFirst = simulation.outcome([units], threads: 1, processes: 2, own: [slow, .none])
    #expect(isClose(slowFirst.seconds, 0.75 + 3 + 1 + 0.25 + 0.0625))
    for outcome in [slowLast, slowFirst] {
      #expect(isClose(outcome.work, (0.375 + 2.25 + 0.75 + 4) / 2))
      #expect(outcome.communication == 0)
    }
    // Of a large minibatch each further part begins at once.
    let parts = simulation.outcome([units], threads: 1, processes: 2, parts: 3, own: [.none, slow])
    #expect(isClose(parts.seconds, 0.75 + 3 * (3 + 1 + 0.0625)))
  }

  @Test(arguments: [2, 3, 4, 8])
  func oneSliceGoesThroughAllProcesses(_ processes: Int) {
    // Each link takes 0.5 + 1000 / 2000; the last one sends to all in as many hops as doublings, and so do the metrics.
    let network = NetworkModel(latency: 0.5, bandwidth: 2000)
    let units = shards(
      Array(repeating: 1, count: 8), gradient: [0.8], passages: [.init(layer: 0, seconds: 1)])
    let outcome = StepSimulation(slices: oneSlice, cores: ideal, network: network).outcome(
      [units], threads: 8, processes: processes)
    let shardCounts = (0..<processes).map { 8 / processes + ($0 < 8 % processes ? 1 : 0) }
    let sums = shardCounts.reduce(0) { $0 + 0.8 * Double($1) / 8 }
    let hops = Double([2: 1, 3: 2, 4: 2, 8: 3][processes] ?? 0)
    let expected = 1 + sums + Double(processes - 1) * 1 + hops * (0.5 + 0.5) + hops * 0.5
    #expect(isClose(outcome.seconds, expected))
    #expect(isClose(outcome.communication, Double(processes - 1) * 1 + hops * 1.5))
  }

  @Test func coresCopyWhatTheySendAndReceive() {
    // The first sends 1000 bytes: 0.25 + 1; the second receives and sends as much, and so does the first.
    let network = NetworkModel(latency: 0, bandwidth: .infinity, overhead: 0.25, copying: 1e-3)
    let units = shards([1, 1], gradient: [0.5], passages: [.init(layer: 0, seconds: 1)])
    let outcome = StepSimulation(slices: oneSlice, cores: ideal, network: network).outcome(
      [units], threads: 1, processes: 2)
    #expect(isClose(outcome.seconds, 1 + (0.25 + 1.25) + (0.25 + 2 * 1.25) + 1.25 + 2 * 0.25))
    let alone = StepSimulation(slices: oneSlice, cores: ideal, network: network).outcome([units], threads: 1)
    #expect(isClose(alone.seconds, 2.5))
  }

  @Test func upperLayersTravelDuringTheBackwardPassOfLowerOnes() {
    let slices = [GradientSlice(layer: 0, bytes: 1000), GradientSlice(layer: 1, bytes: 1000)]
    let passages = [StepUnits.Passage(layer: 1, seconds: 4), StepUnits.Passage(layer: 0, seconds: 10)]
    let network = NetworkModel(latency: 2, bandwidth: 1000)
    let overlapped = StepSimulation(slices: slices, cores: ideal, network: network).outcome(
      [shards([10, 10], gradient: [0, 0], passages: passages)], threads: 1, processes: 2)
    // Layer 1 leaves the first process at 4 and is with the second at 7, which passes layer 0 at 10, completes it and sends it out by
    // 13; the last layer leaves the first at 10, arrives at 13, is sent out by 16; then the metrics.
    #expect(isClose(overlapped.seconds, 18))
    let late = passages.map { StepUnits.Passage(layer: $0.layer, seconds: 10) }
    let together = StepSimulation(slices: slices, cores: ideal, network: network).outcome(
      [shards([10, 10], gradient: [0, 0], passages: late)], threads: 1, processes: 2)
    // Both leave at 10, one behind the other.
    #expect(isClose(together.seconds, 19))
  }

  @Test func processesWithoutShardsWait() {
    let units = shards([1, 1], gradient: [0.5], passages: [.init(layer: 0, seconds: 1)])
    let outcome = StepSimulation(slices: oneSlice, cores: ideal, network: NetworkModel(latency: 1, bandwidth: 1e9))
      .outcome([units], threads: 1, processes: 8)
    // Two have a shard: one link, then three hops to all, twice.
    #expect(isClose(outcome.seconds, 1 + 0.25 + 1 + 1e-6 + 0.25 + 3 * (1 + 1e-6) + 3))
  }

  /// But for who takes which unit: with other times of arrival a longer one may come last (Graham's anomalies, 1966).
  @Test func fasterNetworksAreHardlyEverSlower() {
    let units = StepUnits(
      packing: [0.1, 0.1],
      shards: (0..<16).map {
        .init(seconds: 1 + 0.01 * Double($0), passages: [.init(layer: 1, seconds: 0.5), .init(layer: 0, seconds: 1)])
      },
      gradient: Array(repeating: 0.05, count: 6), update: Array(repeating: 0.02, count: 6), betweenLoops: 0.01)
    let slices = [0, 0, 0, 1, 1, 1].map { GradientSlice(layer: $0, bytes: 20_000) }
    for processes in [2, 3, 4, 16, 40] {
      let seconds = [1e-3, 1e-4, 1e-5, 0].map { latency in
        StepSimulation(slices: slices, cores: ideal, network: NetworkModel(latency: latency, bandwidth: 1e6))
          .outcome([units], threads: 2, processes: processes).seconds
      }
      #expect(zip(seconds, seconds.dropFirst()).allSatisfy { $1 <= $0 * 1.01 })
    }
  }
}
