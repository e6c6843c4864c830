import Foundation
import Kernels
import Reports
import SystemSupport
import Training
import Windows

/// The runs that a report or a comparison is of, and their stores where they are at hand.
struct ReportInput {
  let reports: [RunReport]

  /// Reads runs, and each store once.
  ///
  /// - Parameters:
  ///   - data: the store, where it is no longer where it was.
  ///   - warn: told in a line of a store that isn't there or is another one.
  init(_ folders: [String], data: String?, threads: Int, warn: (String) -> Void) throws {
    let runs = try folders.map { try RunResults(path: $0) }
    for warning in runs.flatMap(\.warnings) { warn(warning) }
    // Reading comes before there are threads (see Rehearsal).
    var stores: [String: WindowStore] = [:]
    var isLookedFor: Set<String> = []
    for run in runs where isLookedFor.insert(run.configuration.store.sha256).inserted {
      stores[run.configuration.store.sha256] = try run.configuration.storeAtHand(data, of: run.path, warn: warn)
    }
    let context = PredictionContext(kernels: try chosenKernels(), threads: threads)
    reports = try runs.map { try RunReport($0, store: stores[$0.configuration.store.sha256], context) }
  }
}

extension RunConfiguration {
  /// The store that a folder's trainings saw; nil where it isn't there or is another one, which `warn` is told in a line.
  ///
  /// - Parameter data: the store, where it is no longer where it was.
  func storeAtHand(_ data: String?, of folder: String, warn: (String) -> Void) throws -> WindowStore? {
    let path = data ?? store.path
    guard FileSystem.exists(path) else {
      warn("\(path): the store is not there (--data says where it is); what needs its windows is left out")
      return nil
    }
    guard try SHA256Digest.ofFile(path) == store.sha256 else {
      warn("\(path): is another store than \(folder) was trained on; what needs its windows is left out")
      return nil
    }
    return try WindowStore.read(path: path, .automatic)
  }
}
