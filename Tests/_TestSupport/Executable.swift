import Foundation

/// What a finished process left behind.
package struct ProcessResult: Sendable {
  /// Exit status, or 128 + the number of the signal that ended it, as a shell would say.
  package let status: Int32
  /// All it wrote there.
  package let standardOutput: String
  /// All it wrote there.
  package let standardError: String

  /// The lines of standard error.
  package var errorLines: [String] { standardError.split(separator: "\n").map(String.init) }
}

/// Runs a body with no signal blocked in this thread: Dispatch's threads block them all, and what they start inherits that.
private func withoutBlockedSignals<Result>(_ body: () throws -> Result) rethrows -> Result {
  var (none, before) = (sigset_t(), sigset_t())
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  return try body()
}

/// A program started by tests.
package struct Executable: Sendable {
  /// Path of the program.
  package let path: String

  /// A program anywhere.
  package init(path: String) { self.path = path }

  /// A product of this package: it lies beside the program that runs the tests.
  package init(product: String) {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    let runner = FileManager.default.fileExists(atPath: tests) ? tests : CommandLine.arguments[0]
    path = URL(fileURLWithPath: runner).deletingLastPathComponent().appendingPathComponent(product).path
  }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - environment: added to this process's.
  ///   - folder: working directory.
  package func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil
  ) throws -> ProcessResult {
    // Files rather than pipes: they never fill up.
    let outputs = try TemporaryDirectory()
    let (process, out, error) = try start(arguments, environment: environment, in: folder, outputs: outputs)
    process.waitUntilExit()
    return ProcessResult(
      status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
      standardOutput: String(decoding: try Data(contentsOf: URL(fileURLWithPath: out)), as: UTF8.self),
      standardError: String(decoding: try Data(contentsOf: URL(fileURLWithPath: error)), as: UTF8.self))
  }

  /// Starts it and returns at once; for tests that interrupt it.
  package func start(
    _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil, outputs: TemporaryDirectory
  ) throws -> (process: Process, standardOutput: String, standardError: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let out = try outputs.write("", to: "standard-output")
    let error = try outputs.write("", to: "standard-error")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: out))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: error))
    try withoutBlockedSignals { try process.run() }
    return (process, out, error)
  }
}
