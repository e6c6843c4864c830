import ArgumentParser
import BenchmarkReports
import Foundation
import Kernels
import NeuralNetworks
import StepMeasurement
import Training
import Windows

#if MPI
  import MPICommunication
#endif

/// Starts this program in several processes, by MPI, and collects what they measure.
struct ProcessLauncher {
  /// A launcher and its options, to which the number of processes is added.
  let words: [String]

  static let standard = "mpirun --bind-to none --oversubscribe"

  /// - Parameter text: words between blanks.
  init(_ text: String) throws {
    words = text.split(separator: " ").map(String.init)
    guard !words.isEmpty else { throw ValidationError("--launcher must name a command, such as mpirun.") }
  }

  /// Whether this program can be one of several processes.
  static var isBuiltForProcesses: Bool {
    #if MPI
      true
    #else
      false
    #endif
  }

  /// Refuses more processes than one in a build that knows none.
  static func require(_ processes: [Int], option: String) throws {
    guard processes.contains(where: { $0 > 1 }), !isBuiltForProcesses else { return }
    throw ValidationError(
      "\(option) \(processes.map(String.init).joined(separator: ",")): several processes need a build with MPI (make bench-mpi)."
    )
  }

  /// Sees that processes can be started, before anything is measured for minutes.
  func rehearse(_ model: MeasuredModel, processes: Int) throws {
    _ = try measure(model, batchSize: 4, processes: processes, threads: 1, steps: 2, epochs: 1)
  }

  func measure(
    _ model: MeasuredModel, batchSize: Int, processes: Int, threads: Int, steps: Int, epochs: Int
  ) throws -> ProcessMeasurement {
    let arguments =
      words.dropFirst() + [
        "-n", "\(processes)", try MeasuredProcess.ownPath(), "process-epochs", model.data, model.model.rawValue,
        "\(batchSize)",
        "\(threads)", "\(steps)", "\(epochs)",
      ]
    let output = try MeasuredProcess.run(words[0], Array(arguments)).output
    do {
      return try JSONDecoder().decode(ProcessMeasurement.self, from: Data(output.utf8))
    } catch {
      throw ValidationError("\(words[0]): expected a measurement, found \"\(output.prefix(80))\"")
    }
  }
}

/// Epochs of one of several processes, for others to measure from outside; the first process prints what they took.
struct ProcessEpochs: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "process-epochs", shouldDisplay: false)

  @Argument var data: String
  @Argument var model: ModelPreset
  @Argument var batchSize: Int
  @Argument var threads: Int
  @Argument var steps: Int
  @Argument var epochs: Int

  func run() throws {
    #if MPI
      let communicator = try MPICommunicator()
      let training = try TracedTraining(
        Sequential(model.description()), kernels: KernelSet.chosen(),
        windows: WindowStore.read(.train, path: data), batchSize: batchSize, steps: steps, workers: threads,
        communicator: communicator)
      let measurement = ProcessMeasurement(
        training, communicator: communicator, threads: threads, epochs: epochs)
      if communicator.rank == 0 { print(String(decoding: try JSONEncoder().encode(measurement), as: UTF8.self)) }
      communicator.end()
    #else
      try ProcessLauncher.require([2], option: "processes")
    #endif
  }
}
