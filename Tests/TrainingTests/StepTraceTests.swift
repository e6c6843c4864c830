import NeuralNetworks
import Testing
import Training
import Windows

/// Traces hold every unit of every loop, and change nothing.
@Suite struct StepTraceTests {
  /// 150 windows: three minibatches of 16, 16 and 6 shards.
  private let windows = toyWindows(count: 150)

  @Test(arguments: [1, 2, 3])
  func everyUnitOfEveryLoop(_ threads: Int) throws {
    let trace = StepTrace(workers: threads, capacity: 10_000)
    let trainer = try toyTrainer(
      toyNetwork(.cnnLSTM), TrainingSettings(epochs: 1, seed: 3), windows: windows,
      team: WorkerTeam(trace: trace, start: realThreads()))
    guard case .completed = trainer.runEpoch(threads: threads) else {
      Issue.record("no epoch")
      return
    }
    #expect(trace.missed == 0)
    let loops = trace.loops
    #expect(loops.map(\.phase) == (0..<3).flatMap { _ in [.packing, .passes, .gradient, .update] as [StepPhase] })
    #expect(loops.filter { $0.phase == .passes }.map(\.unit) == [16, 16, 6])
    #expect(loops.filter { $0.phase == .update }.allSatisfy { $0.unit == trainer.slices.count })
    #expect(zip(loops, loops.dropFirst()).allSatisfy { $0.end <= $1.start })
    let spans = (0..<threads).flatMap { trace.spans(of: $0) }
    for loop in loops {
      let own = spans.filter { $0.start >= loop.start && $0.end <= loop.end }
      #expect(own.allSatisfy { $0.phase == loop.phase && $0.start <= $0.end })
      #expect(own.map(\.unit).sorted() == Array(0..<loop.unit))
    }
    #expect(spans.count == loops.reduce(0) { $0 + $1.unit })
    // A worker does one thing at a time.
    for worker in 0..<threads {
      let own = trace.spans(of: worker)
      #expect(zip(own, own.dropFirst()).allSatisfy { $0.end <= $1.start })
    }
    // Every shard passes the layers that have gradients, from the last to the first.
    let passages = (0..<threads).flatMap { trace.passages(of: $0) }
    #expect(passages.count % 38 == 0 && !passages.isEmpty)
    let ofOne = passages.filter { $0.shard == 5 }.prefix(passages.count / 38).map(\.layer)
    #expect(zip(ofOne, ofOne.dropFirst()).allSatisfy { $0 > $1 })
    #expect(Set(trainer.slices.map(\.layer)).isSubset(of: Set(ofOne)))

    trace.clear()
    #expect(trace.loops.isEmpty && trace.spans(of: 0).isEmpty && trace.passages(of: 0).isEmpty)
  }

  @Test func whatFindsNoRoomIsCountedAlone() throws {
    let trace = StepTrace(workers: 1, capacity: 5)
    let trainer = try toyTrainer(
      toyNetwork(.lstm), TrainingSettings(epochs: 1, seed: 3), windows: windows, team: WorkerTeam(trace: trace))
    _ = trainer.runEpoch(threads: 1)
    #expect(trace.spans(of: 0).count == 5 && trace.loops.count == 5)
    #expect(trace.missed > 0)
  }

  @Test(arguments: ModelPreset.allCases)
  func traceChangesNoBit(_ preset: ModelPreset) throws {
    let team = WorkerTeam(trace: StepTrace(workers: 2, capacity: 1000), start: realThreads())
    #expect(try trainedBits(preset, threads: 2, team: team) == trainedBits(preset, threads: 1))
  }

  /// In several processes the shards' passes are interrupted by slices and messages, and slices are completed once each.
  @Test func communicationOfSeveralProcesses() throws {
    let windows = windows
    let traces = try asRanks(2) { communicator in
      let trace = StepTrace(workers: 1, capacity: 100_000)
      let trainer = try toyTrainer(
        toyNetwork(.cnnLSTM), TrainingSettings(epochs: 1, seed: 3), windows: windows, communicator: communicator,
        team: WorkerTeam(trace: trace))
      _ = trainer.runEpoch(threads: 1)
      return (trace, trainer.slices.count)
    }
    for (trace, slices) in traces {
      #expect(trace.missed == 0)
      let spans = trace.spans(of: 0)
      // Slices are completed in the loop of the shards, by whoever has passed a layer or has no shard any more.
      #expect(trace.loops.map(\.phase) == (0..<3).flatMap { _ in [.packing, .passes, .update] as [StepPhase] })
      let completions = spans.filter { $0.phase == .gradient }
      #expect(completions.map(\.unit).sorted() == (0..<slices).flatMap { [$0, $0, $0] })
      let communication = spans.filter { $0.phase == .communication }
      #expect(communication.count > 3 * slices)
      // The metrics of all shards are exchanged between two loops.
      let between = communication.filter { span in
        !trace.loops.contains { $0.start <= span.start && span.end <= $0.end }
      }
      #expect(between.count >= 3)
      // Spans lie in each other or apart.
      for (index, span) in spans.enumerated() {
        for other in spans[max(0, index - 20)..<index] {
          #expect(other.end <= span.start || (span.start <= other.start && other.end <= span.end))
        }
      }
    }
  }
}
