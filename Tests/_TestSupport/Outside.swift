import Foundation

/// What tests use from outside the package where it is there: a Python with h5py and pandas, the real recordings.
package enum Outside {
  /// The Python of the tests: HAR_PYTHON, or `.venv-test/bin/python` in the package's folder; nil where it is neither
  /// there nor has h5py, numpy and pandas.
  package static let python: Executable? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let candidates: [String?] = [
      ProcessInfo.processInfo.environment["HAR_PYTHON"], root.appendingPathComponent(".venv-test/bin/python").path,
    ]
    for case let path? in candidates where FileManager.default.isExecutableFile(atPath: path) {
      let python = Executable(path: path)
      if (try? python.run(["-c", "import h5py, jsonschema, numpy, pandas"]))?.status == 0 { return python }
    }
    return nil
  }()

  /// Why a test that needs Python is skipped.
  package static let pythonHint: String =
    "needs a Python with data-tools/requirements-test.txt installed, named by HAR_PYTHON or in .venv-test"

  /// Chromium, by HAR_CHROMIUM or by its usual names in PATH; nil where there is none.
  package static let browser: Executable? = {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":").map(String.init) ?? []
    let usual = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in folders.map { "\($0)/\(name)" } }
    let candidates = [ProcessInfo.processInfo.environment["HAR_CHROMIUM"]].compactMap { $0 } + usual
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }.map { Executable(path: $0) }
  }()

  /// Why a test that needs a browser is skipped.
  package static let browserHint = "needs Chromium, named by HAR_CHROMIUM or in PATH"

  /// har-train as built with MPI, by HAR_MPI_TRAIN; nil where it is not there.
  package static let mpiTrain: Executable? = ProcessInfo.processInfo.environment["HAR_MPI_TRAIN"].flatMap {
    FileManager.default.isExecutableFile(atPath: $0) ? Executable(path: $0) : nil
  }

  /// Why a test of several processes is skipped.
  package static let mpiHint =
    "needs Open MPI, and the command that `make mpi` builds, named by HAR_MPI_TRAIN (make test-mpi)"

  /// The folder of the real recordings: HAR_DATASET; nil where it is not there.
  package static let recordings: String? = ProcessInfo.processInfo.environment["HAR_DATASET"].flatMap { path in
    FileManager.default.fileExists(atPath: "\(path)/train/y_train.txt") ? path : nil
  }

  /// Why a test that needs the recordings is skipped.
  package static let recordingsHint = "needs the real recordings, their folder named by HAR_DATASET"

  /// Runs a Python script with arguments.
  package static func runPython(_ script: String, _ arguments: [String] = []) throws -> ProcessResult {
    guard let python else { throw Missing() }
    return try python.run(["-W", "ignore", "-c", script] + arguments)
  }

  struct Missing: Error {}
}
