import StepModel
import Training

/// One step of a training as a trace has it: from its packing to that of the next one, or to its own last loop's end.
package struct TracedStep: Sendable {
  package let start, end: UInt64
  package let loops: [StepTrace.Span]
  /// Each worker's.
  package let spans: [[StepTrace.Span]]
  package let passages: [StepTrace.Passage]

  package init(
    start: UInt64, end: UInt64, loops: [StepTrace.Span], spans: [[StepTrace.Span]], passages: [StepTrace.Passage]
  ) {
    (self.start, self.end, self.loops, self.spans, self.passages) = (start, end, loops, spans, passages)
  }

  package var seconds: Double { Double(end - start) * 1e-9 }

  /// The steps of a trace, without the first ones.
  ///
  /// - Parameter workers: those that took part.
  package static func steps(of trace: StepTrace, workers: Int, skipping: Int = 0) -> [TracedStep] {
    let loops = trace.loops
    let starts = loops.indices.filter { loops[$0].phase == .packing }
    let bounds = starts.indices.map { step in
      step + 1 == starts.count ? loops[loops.count - 1].end : loops[starts[step + 1]].start
    }
    let spans = (0..<workers).map { Self.divided(trace.spans(of: $0), by: bounds) { $0.end } }
    let passages = (0..<workers).map { Self.divided(trace.passages(of: $0), by: bounds) { $0.time } }
    return starts.indices.dropFirst(skipping).map { step in
      TracedStep(
        start: loops[starts[step]].start, end: bounds[step],
        loops: Array(loops[starts[step]..<(step + 1 == starts.count ? loops.count : starts[step + 1])]),
        spans: spans.map { $0[step] }, passages: passages.flatMap { $0[step] })
    }
  }

  /// What came up to each bound, of things in the order of their times.
  private static func divided<Element>(
    _ elements: [Element], by bounds: [UInt64], time: (Element) -> UInt64
  ) -> [[Element]] {
    var parts: [[Element]] = Array(repeating: [], count: bounds.count)
    var step = 0
    for element in elements {
      while step < bounds.count, time(element) > bounds[step] { step += 1 }
      if step < bounds.count { parts[step].append(element) }
    }
    return parts
  }

  /// Each span without what lies in it: its phase and its own nanoseconds.
  static func exclusive(_ spans: [StepTrace.Span]) -> [(span: StepTrace.Span, nanoseconds: UInt64)] {
    // Outer spans first.
    let ordered = spans.sorted { ($0.start, $1.end) < ($1.start, $0.end) }
    var own = ordered.map { $0.end - $0.start }
    var around: [Int] = []
    for index in ordered.indices {
      while let outer = around.last,
        ordered[outer].end < ordered[index].end || ordered[outer].end <= ordered[index].start
      {
        around.removeLast()
      }
      if let outer = around.last { own[outer] -= min(own[outer], ordered[index].end - ordered[index].start) }
      around.append(index)
    }
    return Array(zip(ordered, own))
  }

  /// The units, where one worker did them all, one after the other.
  package func units() -> StepUnits? {
    guard spans.count == 1, let own = spans.first else { return nil }
    func seconds(_ phase: StepPhase) -> [Double] {
      own.filter { $0.phase == phase }.sorted { $0.start < $1.start }.map { Double($0.end - $0.start) * 1e-9 }
    }
    let shards = own.filter { $0.phase == .passes }.sorted { $0.start < $1.start }.map { span in
      StepUnits.Shard(
        seconds: Double(span.end - span.start) * 1e-9,
        passages: passages.filter { span.start..<span.end ~= $0.time }.map {
          StepUnits.Passage(layer: $0.layer, seconds: Double($0.time - span.start) * 1e-9)
        })
    }
    let inLoops = own.reduce(0) { $0 + Double($1.end - $1.start) * 1e-9 }
    return StepUnits(
      packing: seconds(.packing), shards: shards, gradient: seconds(.gradient), update: seconds(.update),
      betweenLoops: max(0, self.seconds - inLoops))
  }
}
