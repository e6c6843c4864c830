import Foundation
import Kernels
import NeuralNetworks
import StepMeasurement
import StepModel
import Testing
import Training
import Windows

/// What is made of traces.
@Suite struct StepMeasurementTests {
  private func span(_ phase: StepPhase, _ start: UInt64, _ end: UInt64, unit: Int = 0) -> StepTrace.Span {
    StepTrace.Span(phase: phase, unit: unit, start: start * 1000, end: end * 1000)
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-12 }

  @Test func partsOfAStepAddUpToIt() {
    // Two threads, 100 µs: packing to 10, passes from 12 to 62, communication of the leader to 70, update from 80 to 100.
    let step = TracedStep(
      start: 0, end: 100_000,
      loops: [span(.packing, 0, 10, unit: 2), span(.passes, 12, 62, unit: 2), span(.update, 80, 100, unit: 1)],
      spans: [
        // In the passes, a slice of 8 with a message of 3 in it.
        [
          span(.packing, 0, 10), span(.communication, 45, 48), span(.gradient, 42, 50), span(.passes, 12, 62),
          span(.communication, 63, 70), span(.update, 80, 100),
        ],
        // And waits for its next unit, which is a barrier too.
        [span(.packing, 0, 4), span(.passes, 12, 42), span(.passes, 42, 62), span(.waiting, 42, 62)],
      ], passages: [])
    let times = PhaseTimes(step)
    #expect(isClose(times.seconds, 100e-6))
    #expect(isClose(times.packing, 7e-6))
    #expect(isClose(times.passes, (42 + 30) / 2 * 1e-6))
    #expect(isClose(times.gradient, 2.5e-6))
    #expect(isClose(times.update, 10e-6))
    // Inside a loop of one thread, and between loops, where all wait.
    #expect(isClose(times.communication, 1.5e-6 + 7e-6))
    #expect(isClose(times.barrier, (6 + 20 + 20) / 2 * 1e-6))
    #expect(isClose(times.between, (2 + 18 - 7) * 1e-6))
    #expect(isClose(times.parts.reduce(0) { $0 + $1.seconds }, times.seconds))
  }

  @Test func unitsOfOneWorker() throws {
    let step = TracedStep(
      start: 0, end: 40_000,
      loops: [span(.packing, 0, 3), span(.passes, 4, 30), span(.gradient, 30, 34), span(.update, 35, 40)],
      spans: [
        [
          span(.packing, 0, 3), span(.passes, 4, 10, unit: 0), span(.passes, 10, 30, unit: 1), span(.gradient, 30, 34),
          span(.update, 35, 40),
        ]
      ],
      passages: [
        .init(shard: 0, layer: 2, time: 7000), .init(shard: 0, layer: 0, time: 9000),
        .init(shard: 1, layer: 2, time: 20_000), .init(shard: 1, layer: 0, time: 28_000),
      ])
    let units = try #require(step.units())
    #expect(units.shards.map { ($0.seconds * 1e6).rounded() } == [6, 20])
    #expect(units.shards[1].passages.map(\.layer) == [2, 0])
    #expect(units.shards[1].passages.map { ($0.seconds * 1e6).rounded() } == [10, 18])
    #expect(isClose(units.betweenLoops, 2e-6))
    #expect(isClose(units.seconds, 40e-6))
  }

  /// Trainings side by side may have no step during which all were at work.
  @Test func whatWasNotMeasuredSlowsNothing() {
    let alone = [
      TracedStep(
        start: 0, end: 20_000, loops: [span(.passes, 0, 20)], spans: [[span(.passes, 0, 10)]], passages: [])
    ]
    let none = PhaseTimes.slowdown(cores: 2, [], unitsPerThread: 1, alone: alone)
    #expect([none.packing, none.passes, none.gradient, none.update] == [1, 1, 1, 1])
    let slower = [
      TracedStep(
        start: 0, end: 20_000, loops: [span(.passes, 0, 20)], spans: [[span(.passes, 0, 15)]], passages: [])
    ]
    #expect(isClose(PhaseTimes.slowdown(cores: 2, slower, unitsPerThread: 1, alone: alone).passes, 1.5))
  }

  @Test func medians() {
    #expect(median([]) == 0 && median([3]) == 3 && median([9, 1, 2]) == 2 && median([4, 1, 2, 9]) == 3)
  }

  @Test func halvesAndQuarters() {
    let steps = [5, 1, 9, 3, 7, 2, 8, 4].map {
      TracedStep(start: 0, end: $0, loops: [], spans: [], passages: [])
    }
    #expect(TracedStep.middleHalf(steps).map(\.end) == [3, 4, 5, 7])
    #expect(TracedStep.fastestQuarter(steps).map(\.end) == [1, 2])
    #expect(TracedStep.fastestQuarter(Array(steps.prefix(3))).map(\.end) == [1])
    #expect(undisturbed([5, 1, 9, 3, 7]) == 2 && undisturbed([4]) == 4 && undisturbed([]) == 0)
    #expect(PhaseTimes.typical([]) == PhaseTimes() && PhaseTimes.undisturbed([]) == PhaseTimes())
  }

  private func windows(_ count: Int) -> WindowSet {
    var generator = SystemRandomNumberGenerator()
    return WindowSet(
      timeSteps: 128, channels: 9,
      features: (0..<count * 128 * 9).map { _ in Float.random(in: -1...1, using: &generator) },
      labels: (0..<count).map { UInt8($0 % 6) }, subjects: Array(repeating: 1, count: count))
  }

  /// A real training: its steps, what they are made of, and what the model makes of their units on one core.
  @Test func aTrainingIsMeasured() throws {
    let network = try Sequential(ModelPreset.cnnLSTM.description())
    let kernels = KernelSet.supported[0]
    let measurement = BatchMeasurement(
      network, kernels: kernels, windows: windows(20), batchSize: 700, threads: [2], processes: [1, 2, 4, 100],
      sideBySide: true)
    #expect(measurement.steps == 4)
    for repetition in 0...1 { measurement.repeatAll(isCounted: repetition == 1) }
    #expect(measurement.repetitions.count == 1)
    #expect(measurement.repetitions[0].alone.count == 3 && measurement.repetitions[0].seconds.keys.sorted() == [2])
    #expect(measurement.repetitions[0].units == measurement.units)
    let units = measurement.units
    #expect(!units.isEmpty)
    // Shards of 12 windows.
    #expect(units.allSatisfy { $0.shards.count == 59 && $0.update.count == measurement.slices.count })
    #expect(units.allSatisfy { $0.gradient.count == measurement.slices.count })
    #expect(
      units.allSatisfy { step in
        step.shards.allSatisfy { !$0.passages.isEmpty && ($0.passages.last?.seconds ?? 1) <= $0.seconds }
      })
    #expect(measurement.slices.reduce(0) { $0 + $1.bytes } == Double(4 * network.parameterBufferCount))
    // Of two processes and of four; of a hundred some have one shard and some have none.
    for step in units {
      #expect(Set(step.ofFewerShards.keys) == [29, 30, 14, 15, 1])
      for (shards, share) in step.ofFewerShards {
        #expect(share.shards.count == shards && share.gradient.count == measurement.slices.count)
        #expect(share.ofFewerShards.isEmpty)
      }
    }
    let slowdowns = measurement.slowdowns() + measurement.slowdownsOfProcesses()
    #expect(slowdowns.map(\.cores) == [2, 2, 2])
    #expect(slowdowns.allSatisfy { $0.passes > 0 && $0.update > 0 })
    let one = StepSimulation(slices: measurement.slices, cores: CoreModel(loopCosts: [], slowdowns: []))
      .outcome(units, threads: 1)
    let mean = units.reduce(0) { $0 + $1.seconds } / Double(units.count)
    #expect(abs(one.seconds / mean - 1) < 1e-9)
  }

  @Test(arguments: [1, 2])
  func phasesOfRealStepsAddUp(_ threads: Int) throws {
    let training = TracedTraining(
      try Sequential(ModelPreset.lstm.description()), kernels: KernelSet.supported[0], windows: windows(30),
      batchSize: 16, steps: 5, workers: 2)
    let epoch = training.epoch(threads: threads)
    #expect(epoch.steps.count == 4)
    for step in epoch.steps {
      let times = PhaseTimes(step)
      #expect(times.parts.allSatisfy { $0.seconds >= 0 })
      #expect(times.communication == 0)
      #expect(abs(times.parts.reduce(0) { $0 + $1.seconds } / times.seconds - 1) < 1e-6)
    }
    #expect(epoch.steps.reduce(0) { $0 + $1.seconds } < epoch.seconds)
  }

  @Test(arguments: ModelPreset.allCases)
  func shardsOfAnyRowsAreTimed(_ preset: ModelPreset) throws {
    let seconds = ShardMeasurement.seconds(
      try Sequential(preset.description()), kernels: KernelSet.supported[0], windows: windows(8), rows: [8, 1, 3],
      repetitions: 3)
    #expect(Set(seconds.keys) == [1, 3, 8] && seconds.values.allSatisfy { $0 > 0 })
  }

  @Test func loopsOfNothingCostSomething() {
    let cost = LoopCostMeasurement.cost(threads: 2)
    #expect(cost.threads == 2 && cost.loop >= 0 && cost.claim >= 0 && cost.loop + cost.claim > 0)
  }
}
