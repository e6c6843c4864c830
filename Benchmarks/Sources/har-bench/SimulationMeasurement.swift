import BenchmarkReports
import StepMeasurement
import StepModel

/// What was measured with minibatches of one size, and the model of it.
struct SimulationMeasurement {
  let batch: BatchMeasurement
  let loopCosts: [CoreModel.LoopCost]
  /// What a unit takes of a shard's time, where several share it.
  var shares: [Int: Double] = [:]
  /// Two processes of one thread, in each repetition; empty where they aren't asked for.
  var processes: [ProcessMeasurement] = []

  /// A step from everything that was measured.
  ///
  /// - Parameter parts: of a minibatch that is larger than what was measured.
  func outcome(_ place: SimulationReport.Place, _ network: NetworkModel, parts: Int) -> StepSimulation.Outcome {
    let cores = CoreModel(loopCosts: loopCosts, slowdowns: batch.slowdowns())
    var units = batch.units
    if let share = shares[place.unitsPerShard] {
      units = units.map { $0.dividingShards(into: place.unitsPerShard, share: share) }
    }
    return StepSimulation(slices: batch.slices, cores: cores, network: network)
      .outcome(units, threads: place.threads, processes: place.processes, parts: parts)
  }

  /// The model beside what it doesn't know: other epochs with several threads.
  func check(threads: Int) -> SimulationReport.Check {
    SimulationReport.Check(
      place: SimulationReport.Place(batchSize: batch.batchSize, processes: 1, threads: threads),
      batch.repetitions.map { repetition in
        let predicted = StepSimulation(
          slices: batch.slices, cores: CoreModel(loopCosts: loopCosts, slowdowns: repetition.together)
        ).outcome(repetition.units, threads: threads).seconds
        return (repetition.seconds[threads] ?? 0, predicted)
      })
  }

  /// The model beside two processes; nil where they weren't measured.
  func checkOfProcesses() -> SimulationReport.Check? {
    guard !processes.isEmpty else { return nil }
    return SimulationReport.Check(
      place: SimulationReport.Place(batchSize: batch.batchSize, processes: 2, threads: 1),
      zip(batch.repetitions, processes).map { repetition, together in
        let predicted = StepSimulation(
          slices: batch.slices, cores: CoreModel(loopCosts: loopCosts, slowdowns: []), network: together.network
        ).outcome(repetition.units, threads: 1, processes: 2, own: repetition.sideBySide).seconds
        return (undisturbed(together.epochs.flatMap(\.steps)), predicted)
      })
  }

  /// What a message between two processes of this machine costs; nil where that wasn't measured.
  static func connection(_ measured: [Int: SimulationMeasurement]) -> NetworkModel? {
    let all = measured.values.flatMap(\.processes)
    guard !all.isEmpty else { return nil }
    return NetworkModel(
      latency: median(all.map(\.latency)), bandwidth: .infinity, overhead: median(all.map(\.overhead)),
      copying: median(all.map(\.copying)))
  }
}
