import Communication
import StepModel

/// What one of several processes measured, and found out from the others, as it prints it.
package struct ProcessMeasurement: Codable, Sendable {
  /// An epoch of all processes.
  package struct Epoch: Codable, Sendable {
    /// From its beginning to its end.
    package var seconds: Double
    /// Of a step, typical of each process; the mean of the processes.
    package var phases: PhaseTimes
    /// Of each step but the first.
    package var steps: [Double]
  }

  package var epochs: [Epoch]
  /// Seconds of a message between the first two processes, of them on the core, and of each byte.
  package var latency, overhead, copying: Double

  package var network: NetworkModel {
    NetworkModel(latency: latency, bandwidth: .infinity, overhead: overhead, copying: copying)
  }

  /// Measures epochs together with all other processes, after one to warm up.
  package init(_ training: TracedTraining, communicator: any Communicator, threads: Int, epochs count: Int) {
    let network = NetworkMeasurement.network(communicator)
    (latency, overhead, copying) = (network.latency, network.overhead, network.copying)
    _ = training.epoch(threads: threads)
    epochs = (0..<count).map { _ in
      let epoch = training.epoch(threads: threads)
      return Epoch(
        seconds: epoch.seconds, phases: Self.mean(PhaseTimes.typical(epoch.steps), communicator),
        steps: epoch.steps.map(\.seconds))
    }
  }

  private static func mean(_ own: PhaseTimes, _ communicator: any Communicator) -> PhaseTimes {
    var all = Array(repeating: PhaseTimes(), count: communicator.count)
    withUnsafeBytes(of: own) { own in all.withUnsafeMutableBytes { communicator.gather(own, into: $0) } }
    return .mean(all)
  }
}
