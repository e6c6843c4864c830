/// The shards' passes and the sum of the gradient in several processes: shards are divided among them, a slice's sum goes from one process
/// to the next as soon as the shards of each have passed its layer, and the last one sends it to all (docs/mpi.md).
struct SharedGradientSimulation {
  private enum Event {
    /// A thread looks for a shard.
    case free(process: Int)
    /// A thread's shard has passed a layer.
    case passed(process: Int, shard: Int, passage: Int)
    /// A thread has completed a slice during a shard's passes.
    case completed(process: Int, place: Int, shard: Int, passage: Int)
    /// A thread that has no shard any more has completed a slice.
    case completedLast(process: Int, place: Int)
  }

  private struct Process {
    let shards: [StepUnits.Shard]
    /// Seconds of each slice's sum of these shards.
    let gradient: [Double]
    var nextShard = 0
    var claims = 0.0
    /// Shards that have passed each layer.
    var passed: [Int]
    /// The next slice to complete, by its place in the order.
    var claimed = 0
    /// When the sums of the processes before are there.
    var arrivals: [Double]
    var isCompleted: [Bool]
    var sent = 0
    /// When its connection has sent what it was given.
    var connection = 0.0
    /// Threads that wait for a slice's arrival, by place.
    var waiting: Set<Int> = []
  }

  private let order: [(slice: Int, slicesLayer: Int, bytes: Double)]
  private let threads: Int
  private let processCount: Int
  private let active: Int
  private let starts: [Double]
  private let cost: CoreModel.LoopCost
  private let network: NetworkModel
  private var processes: [Process]
  private var events = EventQueue<Event>()
  private var end = 0.0
  /// When the last process has copied what the broadcast brought.
  private var received = 0.0

  /// - Parameters:
  ///   - units: of each process.
  ///   - starts: when each process begins.
  init(
    _ units: [StepUnits], starts: [Double], slices: [GradientSlice], threads: Int, cost: CoreModel.LoopCost,
    network: NetworkModel
  ) {
    self.starts = starts
    self.threads = threads
    self.cost = cost
    self.network = network
    processCount = units.count
    let ranges = units[0].ranges(processes: units.count)
    active = ranges.count
    // The upper layers' first.
    order = slices.indices.sorted { (-slices[$0].layer, $0) < (-slices[$1].layer, $1) }
      .map { ($0, slices[$0].layer, slices[$0].bytes) }
    let layers = (slices.map(\.layer) + units[0].shards.flatMap { $0.passages.map(\.layer) }).max() ?? 0
    let count = order.count
    processes = zip(units, ranges).enumerated().map { process, own in
      let (shards, gradient) = own.0.share(own.1)
      return Process(
        shards: shards, gradient: gradient, passed: Array(repeating: 0, count: layers + 1),
        arrivals: Array(repeating: process == 0 ? 0 : .infinity, count: count),
        isCompleted: Array(repeating: false, count: count))
    }
  }

  /// Seconds until every process has the whole gradient and the metrics of all shards.
  mutating func run() -> Double {
    for process in processes.indices {
      for thread in 0..<threads {
        events.add(.free(process: process), at: starts[process] + (thread == 0 ? 0 : cost.loop / 2))
      }
    }
    while let (time, event) = events.next() {
      switch event {
      case .free(let process): takeShard(process, time)
      case .passed(let process, let shard, let passage):
        pass(process, processes[process].shards[shard].passages[passage].layer, time)
        goOn(process, shard, passage, time)
      case .completed(let process, let place, let shard, let passage):
        complete(process, place, time)
        goOn(process, shard, passage, time)
      case .completedLast(let process, let place):
        complete(process, place, time)
        takeSlice(process, time)
      }
    }
    // Those without a shard take part in the broadcast.
    return max(end, starts.max() ?? 0) + cost.loop / 2 + hops * (network.latency + 2 * network.overhead)
  }

  /// Steps in which a message reaches all processes, each of which passes it on.
  private var hops: Double {
    var (reached, hops) = (1, 0.0)
    while reached < processCount { (reached, hops) = (2 * reached, hops + 1) }
    return hops
  }

  private mutating func takeShard(_ process: Int, _ time: Double) {
    let shard = processes[process].nextShard
    guard shard < processes[process].shards.count else { return takeSlice(process, time) }
    processes[process].nextShard += 1
    processes[process].claims = max(time, processes[process].claims) + cost.claim
    let start = processes[process].claims
    schedule(process, shard, passage: 0, start)
  }

  /// The next passage of a shard, or its end.
  private mutating func schedule(_ process: Int, _ shard: Int, passage: Int, _ time: Double) {
    let passages = processes[process].shards[shard].passages
    guard passage < passages.count else {
      let rest = processes[process].shards[shard].seconds - (passages.last?.seconds ?? 0)
      return events.add(.free(process: process), at: time + max(0, rest))
    }
    let before = passage == 0 ? 0 : passages[passage - 1].seconds
    events.add(
      .passed(process: process, shard: shard, passage: passage), at: time + passages[passage].seconds - before)
  }

  /// A layer's gradients of one more shard, and those who waited for the last.
  private mutating func pass(_ process: Int, _ layer: Int, _ time: Double) {
    processes[process].passed[layer] += 1
    guard hasPassed(process, layer) else { return }
    for place in processes[process].waiting.sorted() where order[place].slicesLayer == layer {
      runWaiting(process, place, time)
    }
  }

  private func hasPassed(_ process: Int, _ layer: Int) -> Bool {
    processes[process].passed[layer] >= processes[process].shards.count
  }

  /// Whether a slice can be completed at a time.
  private func isReady(_ process: Int, _ place: Int, _ time: Double) -> Bool {
    hasPassed(process, order[place].slicesLayer) && processes[process].arrivals[place] <= time
  }

  /// Completes the next slice that is ready, or goes on with the shard.
  private mutating func goOn(_ process: Int, _ shard: Int, _ passage: Int, _ time: Double) {
    let place = processes[process].claimed
    guard place < order.count, isReady(process, place, time) else {
      return schedule(process, shard, passage: passage + 1, time)
    }
    processes[process].claimed += 1
    events.add(
      .completed(process: process, place: place, shard: shard, passage: passage),
      at: time + completionSeconds(process, place))
  }

  private mutating func takeSlice(_ process: Int, _ time: Double) {
    let place = processes[process].claimed
    guard place < order.count else { return }
    processes[process].claimed += 1
    processes[process].waiting.insert(place)
    runWaiting(process, place, time)
  }

  /// Completes a slice for which a thread waits, once all shards have passed its layer and the sums of the processes before have come;
  /// nothing where one of the two isn't known to be.
  private mutating func runWaiting(_ process: Int, _ place: Int, _ time: Double) {
    let arrival = processes[process].arrivals[place]
    guard hasPassed(process, order[place].slicesLayer), arrival.isFinite else { return }
    processes[process].waiting.remove(place)
    events.add(
      .completedLast(process: process, place: place), at: max(time, arrival) + completionSeconds(process, place))
  }

  /// A slice's sum of this process's shards, and its messages: one in, and one out or as many as the broadcast's root sends.
  private func completionSeconds(_ process: Int, _ place: Int) -> Double {
    let messages = (process == 0 ? 0 : 1) + (process == active - 1 ? hops : 1)
    return processes[process].gradient[order[place].slice] + messages * network.coreSeconds(order[place].bytes)
  }

  /// Sends what is completed, in order.
  private mutating func complete(_ process: Int, _ completed: Int, _ time: Double) {
    processes[process].isCompleted[completed] = true
    while processes[process].sent < order.count, processes[process].isCompleted[processes[process].sent] {
      let place = processes[process].sent
      processes[process].sent += 1
      let seconds = network.transferSeconds(order[place].bytes)
      let start = max(time, processes[process].connection)
      guard process < active - 1 else {
        // The broadcast's root sends as often as there are hops.
        processes[process].connection = start + hops * seconds
        // One after the other comes to the last to have it, who is waiting.
        let arrival = start + hops * (seconds + network.latency)
        if processCount > 1 { received = max(received, arrival) + network.coreSeconds(order[place].bytes) }
        end = max(end, time, received)
        continue
      }
      processes[process].connection = start + seconds
      let arrival = start + seconds + network.latency
      processes[process + 1].arrivals[place] = arrival
      if processes[process + 1].waiting.contains(place) { runWaiting(process + 1, place, time) }
    }
  }
}
