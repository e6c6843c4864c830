import ArgumentParser

/// How the work is divided; never what it gives.
struct ThreadOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads in all, shared by models and shards. (default: all cores)", valueName: "T"))
  var threads: Int?

  @Option(
    help: ArgumentHelp("Models that train at once. (default: as many repeats as there are threads)", valueName: "N"))
  var concurrentModels: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be from 1 to 1024, not \(threads).")
    }
    if let concurrentModels, !(1...1024).contains(concurrentModels) {
      throw ValidationError("--concurrent-models must be from 1 to 1024, not \(concurrentModels).")
    }
  }

  /// Threads in all.
  var threadCount: Int { threads ?? coreCount }

  /// Models at once: one a thread, but no more than there are cores to run them.
  var modelCount: Int { concurrentModels ?? min(threadCount, max(1, coreCount)) }
}
