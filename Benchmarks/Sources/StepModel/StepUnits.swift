/// A training step as it was measured on one core: what each unit of each of its loops took, in seconds.
public struct StepUnits: Sendable, Equatable {
  /// A shard's way through the network.
  public struct Shard: Sendable, Equatable {
    /// Both passes.
    public var seconds: Double
    /// When the gradients of each layer were there, from the shard's beginning; ascending.
    public var passages: [Passage]

    /// Memberwise.
    public init(seconds: Double, passages: [Passage] = []) { (self.seconds, self.passages) = (seconds, passages) }

    func taking(_ factor: Double) -> Shard {
      Shard(
        seconds: seconds * factor, passages: passages.map { Passage(layer: $0.layer, seconds: $0.seconds * factor) })
    }
  }

  /// A layer whose gradients a shard has.
  public struct Passage: Sendable, Equatable {
    /// Counted from the network's input.
    public var layer: Int
    /// Since the shard's beginning.
    public var seconds: Double

    /// Memberwise.
    public init(layer: Int, seconds: Double) { (self.layer, self.seconds) = (layer, seconds) }
  }

  /// The packing of weights.
  public var packing: [Double]
  /// The shards of the minibatch.
  public var shards: [Shard]
  /// The completion of the gradient, slice by slice.
  public var gradient: [Double]
  /// The optimizer's step, slice by slice.
  public var update: [Double]
  /// What one thread does between the loops, while the others wait.
  public var betweenLoops: Double
  /// The same with fewer shards, as processes have them that share the minibatch, by their number: sums over fewer shards, and
  /// products over fewer rows, take less than in proportion where their operands fit in a cache. All of these shards are whole ones,
  /// also where the minibatch's last one is not.
  public var ofFewerShards: [Int: StepUnits] = [:]

  /// Memberwise, without fewer shards.
  public init(packing: [Double], shards: [Shard], gradient: [Double], update: [Double], betweenLoops: Double) {
    self.packing = packing
    self.shards = shards
    self.gradient = gradient
    self.update = update
    self.betweenLoops = betweenLoops
  }

  /// The shards and the gradient of a process that has some of the shards: as they were measured, or else in proportion.
  func share(_ range: Range<Int>) -> (shards: [Shard], gradient: [Double]) {
    if range.count == shards.count { return (shards, gradient) }
    if let measured = ofFewerShards[range.count] { return (measured.shards, measured.gradient) }
    let share = Double(range.count) / Double(shards.count)
    return (Array(shards[range]), gradient.map { $0 * share })
  }

  /// The same step with each shard's rows divided among several units, each of which takes a share of the shard's time.
  ///
  /// - Parameter share: above 1 / `parts`, as far as fewer rows use a core less well.
  public func dividingShards(into parts: Int, share: Double) -> StepUnits {
    var divided = self
    divided.ofFewerShards = [:]
    divided.shards = shards.flatMap { Array(repeating: $0.taking(share), count: parts) }
    return divided
  }

  /// What all units and what is between them take together.
  public var seconds: Double {
    [packing, shards.map(\.seconds), gradient, update].joined().reduce(betweenLoops, +)
  }
}

/// A slice of the parameters, whose gradient is completed and sent as one.
public struct GradientSlice: Sendable, Equatable {
  /// The layer that it belongs to.
  public var layer: Int
  /// Of its gradient.
  public var bytes: Double

  /// Memberwise.
  public init(layer: Int, bytes: Double) { (self.layer, self.bytes) = (layer, bytes) }
}
