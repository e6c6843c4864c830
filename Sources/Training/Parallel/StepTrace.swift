internal import Dispatch

/// What a training step is made of, as measurements tell it apart.
package enum StepPhase: Int, Sendable, CaseIterable {
  /// Weights are brought into the kernels' order.
  case packing
  /// A shard goes through the network, forward and backward.
  case passes
  /// The shards' gradients are summed, and products over the minibatch made.
  case gradient
  /// The optimizer's step.
  case update
  /// A worker without a unit sees to messages until the others have come so far that it has one.
  case waiting
  /// Waiting for other processes, and moving what they exchange.
  case communication
}

/// What each worker of a team did when, for those who measure it; a usual training has none.
///
/// `@unchecked Sendable`: a worker writes to its own lane alone, and lanes are read behind the barrier of a loop.
package final class StepTrace: @unchecked Sendable {
  /// Something with a beginning and an end, in nanoseconds of the system's uptime. Spans of one worker may lie in each other: in a
  /// shard's passes, say, the communication for which it was interrupted.
  package struct Span: Sendable, Equatable {
    package var phase: StepPhase
    /// Of a loop; of a whole loop their number.
    package var unit: Int
    package var start: UInt64
    package var end: UInt64

    package init(phase: StepPhase, unit: Int, start: UInt64, end: UInt64) {
      (self.phase, self.unit, self.start, self.end) = (phase, unit, start, end)
    }
  }

  /// A moment at which a shard had the gradients of a layer.
  package struct Passage: Sendable, Equatable {
    package var shard: Int
    package var layer: Int
    package var time: UInt64

    package init(shard: Int, layer: Int, time: UInt64) { (self.shard, self.layer, self.time) = (shard, layer, time) }
  }

  /// A list of one writer, made whole beforehand: nothing is allocated while it is written.
  private struct Lane<Element> {
    private let elements: SharedSlots<Element?>
    /// On cache lines of its own.
    private let count = SharedSlots(repeating: 0, count: 32)

    init(capacity: Int) { elements = SharedSlots(repeating: nil, count: capacity) }

    var values: [Element] { (0..<min(count[16], elements.count)).compactMap { elements[$0] } }
    var missed: Int { max(0, count[16] - elements.count) }
    func clear() { count[16] = 0 }

    func append(_ element: Element) {
      if count[16] < elements.count { elements[count[16]] = element }
      count[16] += 1
    }
  }

  private let units: [Lane<Span>]
  private let passages: [Lane<Passage>]
  private let wholeLoops: Lane<Span>

  /// A trace with room for so many spans of each worker, and as many passages and loops; what comes after those is counted alone.
  package init(workers: Int, capacity: Int) {
    units = (0..<workers).map { _ in Lane(capacity: capacity) }
    passages = (0..<workers).map { _ in Lane(capacity: capacity) }
    wholeLoops = Lane(capacity: capacity)
  }

  /// Forgets everything, while no loop is under way.
  package func clear() {
    for lane in units { lane.clear() }
    for lane in passages { lane.clear() }
    wholeLoops.clear()
  }

  package var workers: Int { units.count }
  /// A worker's spans, in the order in which they ended.
  package func spans(of worker: Int) -> [Span] { units[worker].values }
  /// The passages of a worker's shards.
  package func passages(of worker: Int) -> [Passage] { passages[worker].values }
  /// All loops, from when the leader began one to when its last unit was completed.
  package var loops: [Span] { wholeLoops.values }
  /// How much found no room.
  package var missed: Int { (units.map(\.missed) + passages.map(\.missed)).reduce(wholeLoops.missed, +) }

  static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

  func note(_ phase: StepPhase, unit: Int, by worker: Int, since start: UInt64) {
    units[worker].append(Span(phase: phase, unit: unit, start: start, end: Self.now))
  }

  func noteLoop(_ phase: StepPhase, units: Int, since start: UInt64) {
    wholeLoops.append(Span(phase: phase, unit: units, start: start, end: Self.now))
  }

  func notePassage(_ layer: Int, shard: Int, by worker: Int) {
    passages[worker].append(Passage(shard: shard, layer: layer, time: Self.now))
  }
}

extension StepTrace? {
  /// Runs a body, and notes it where there is a trace.
  func measure<Result>(_ phase: StepPhase, unit: Int = 0, by worker: Int, _ body: () -> Result) -> Result {
    guard let self else { return body() }
    let start = StepTrace.now
    defer { self.note(phase, unit: unit, by: worker, since: start) }
    return body()
  }
}
