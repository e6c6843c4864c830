/// What several cores of one machine lose beyond the units that they work on.
public struct CoreModel: Sendable, Equatable {
  /// What a loop costs that has nothing to do, measured with a number of threads.
  public struct LoopCost: Sendable, Equatable {
    /// From 2.
    public var threads: Int
    /// Seconds from the beginning of a loop to the last thread's arrival and to its end, without any unit.
    public var loop: Double
    /// Seconds that each unit's claim keeps all others from claiming.
    public var claim: Double

    /// Memberwise.
    public init(threads: Int, loop: Double, claim: Double) {
      (self.threads, self.loop, self.claim) = (threads, loop, claim)
    }
  }

  /// How much longer units of each loop take where so many cores are busy.
  public struct Slowdown: Sendable, Equatable {
    /// Cores that work at once.
    public var cores: Int
    /// Factors, from about 1.
    public var packing, passes, gradient, update: Double

    /// Memberwise.
    public init(cores: Int, packing: Double, passes: Double, gradient: Double, update: Double) {
      self.cores = cores
      (self.packing, self.passes, self.gradient, self.update) = (packing, passes, gradient, update)
    }

    /// Each factor from its path.
    public init(cores: Int, factor: (KeyPath<Slowdown, Double>) -> Double) {
      self.init(
        cores: cores, packing: factor(\.packing), passes: factor(\.passes), gradient: factor(\.gradient),
        update: factor(\.update))
    }

    /// None.
    public static let none = Slowdown(cores: 1, packing: 1, passes: 1, gradient: 1, update: 1)
  }

  /// Ascending by threads.
  public var loopCosts: [LoopCost]
  /// Ascending by cores.
  public var slowdowns: [Slowdown]

  /// In any order.
  public init(loopCosts: [LoopCost], slowdowns: [Slowdown]) {
    self.loopCosts = loopCosts.sorted { $0.threads < $1.threads }
    self.slowdowns = slowdowns.sorted { $0.cores < $1.cores }
  }

  /// The cost of a loop of so many threads. Between measurements it is interpolated; beyond them a loop costs in proportion to the
  /// threads (each has to be told), and a claim what it did.
  public func loopCost(threads: Int) -> LoopCost {
    guard threads > 1, let first = loopCosts.first, let last = loopCosts.last else {
      return LoopCost(threads: threads, loop: 0, claim: 0)
    }
    let n = Double(threads)
    if threads >= last.threads {
      return LoopCost(threads: threads, loop: last.loop * n / Double(last.threads), claim: last.claim)
    }
    guard let above = loopCosts.firstIndex(where: { $0.threads >= threads }), above > 0 else {
      return LoopCost(threads: threads, loop: first.loop, claim: first.claim)
    }
    let (low, high) = (loopCosts[above - 1], loopCosts[above])
    let share = (n - Double(low.threads)) / Double(high.threads - low.threads)
    return LoopCost(
      threads: threads, loop: low.loop + share * (high.loop - low.loop),
      claim: low.claim + share * (high.claim - low.claim))
  }

  /// The factors where so many cores are busy: those of the nearest smaller number that was measured. Cores beyond all of them are
  /// taken to be further ones of the same kind, with caches and memory of their own.
  public func slowdown(cores: Int) -> Slowdown { slowdowns.last { $0.cores <= cores } ?? .none }
}

/// What joins several processes.
public struct NetworkModel: Sendable, Equatable {
  /// Seconds from the beginning of a message to its arrival, without its bytes.
  public var latency: Double
  /// Bytes a second, of each process in each direction.
  public var bandwidth: Double
  /// Seconds that a message takes from the core that sends or receives it.
  public var overhead: Double
  /// Seconds that each of its bytes takes from that core.
  public var copying: Double

  /// Memberwise.
  public init(latency: Double, bandwidth: Double, overhead: Double = 0, copying: Double = 0) {
    (self.latency, self.bandwidth, self.overhead, self.copying) = (latency, bandwidth, overhead, copying)
  }

  /// One that costs nothing.
  public static let free = NetworkModel(latency: 0, bandwidth: .infinity)

  func transferSeconds(_ bytes: Double) -> Double { bytes / bandwidth }
  func coreSeconds(_ bytes: Double) -> Double { overhead + bytes * copying }
}
