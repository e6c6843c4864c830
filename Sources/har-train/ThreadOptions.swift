import ArgumentParser
import Foundation
import Training

/// How processes that a launcher started share the work; a process by itself has nothing to share.
struct ProcessOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What mpirun's processes divide: repeats, shards of each minibatch, or auto: repeats where there are enough.",
      valueName: "WHAT"))
  var distribute: Distribution = .auto

  @Flag(help: "Send the store's windows to all processes, rather than let each read the file.")
  var shareStore = false
}

/// How the work is divided; never what it gives.
struct ThreadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Threads of the process, shared by models and shards. (default: all cores)", valueName: "T"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Models that train at once, at most one per thread. (default: as many repeats as there are threads; one where windows are streamed)",
      valueName: "N"))
  var concurrentModels: Int?

  func validate() throws {
    try threads.map { try require($0, in: SettingsRange.threads, "--threads") }
    try concurrentModels.map { try require($0, in: SettingsRange.threads, "--concurrent-models") }
  }

  /// Threads of the process.
  var threadCount: Int { threads ?? coreCount }

  /// Models at once: one per thread, but no more than there are cores to run them.
  var modelCount: Int { concurrentModels ?? min(threadCount, max(1, coreCount)) }

  /// Models at once where each has windows of its own in memory, of those that are streamed.
  var streamingModelCount: Int { concurrentModels ?? 1 }
}

extension Distribution: ExpressibleByArgument {}

/// Processors that this process may use.
var coreCount: Int { ProcessInfo.processInfo.activeProcessorCount }

/// Wrong usage where an option's number is outside its range.
func require(_ value: Int, in range: ClosedRange<Int>, _ option: String) throws {
  guard range.contains(value) else {
    throw ValidationError("\(option): \(value), expected \(range.lowerBound) to \(range.upperBound)")
  }
}
