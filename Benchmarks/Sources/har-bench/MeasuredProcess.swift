import ArgumentParser
import Dispatch
import Foundation

/// A process that was run to its end, and what it took.
struct MeasuredProcess {
  /// What it wrote to standard output.
  let output: String
  /// From its start to its end.
  let seconds: Double
  /// User and system time of all its threads.
  let processorSeconds: Double
  /// The most memory that it held at once.
  let peakMegabytes: Double

  /// This program, to be run again.
  static func ownPath() throws -> String {
    let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    return FileManager.default.isExecutableFile(atPath: path) ? path : CommandLine.arguments[0]
  }

  /// Runs a program. Throws where it fails.
  static func run(_ program: String, _ arguments: [String]) throws -> MeasuredProcess {
    let outputPath = FileManager.default.temporaryDirectory.appendingPathComponent("har-bench-\(UUID().uuidString)")
      .path
    defer { try? FileManager.default.removeItem(atPath: outputPath) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, outputPath, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    let start = DispatchTime.now().uptimeNanoseconds
    guard posix_spawnp(&process, program, &actions, nil, &words, environ) == 0 else {
      throw ValidationError("\(program) can't be started: \(String(cString: strerror(errno)))")
    }
    var status: Int32 = 0
    var usage = rusage()
    guard wait4(process, &status, 0, &usage) == process, status == 0 else {
      throw ValidationError("\(([program] + arguments).joined(separator: " ")) failed")
    }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return MeasuredProcess(
      output: (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "",
      seconds: Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9,
      processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      peakMegabytes: Double(usage.ru_maxrss) * 1024 * 1e-6)
  }
}
