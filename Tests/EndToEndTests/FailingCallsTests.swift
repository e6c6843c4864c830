import Foundation
import Testing
import _TestSupport

#if os(Linux)
  /// Every system call of a command fails once, as SQLite's tests of I/O errors do it (https://www.sqlite.org/testing.html):
  /// the first in one run, the second in the next, until a run has no more of them. Each ends with the right result or with
  /// one line, never with a part of a file.
  @Suite struct FailingCallsTests {
    /// The system calls of a kind, and how they fail.
    struct Fault: CustomTestStringConvertible, Sendable {
      let call: String
      let error: Int32
      var testDescription: String { "\(call): \(error == 0 ? "half" : String(cString: strerror(error)))" }
      /// Whether a program that does its work right doesn't notice.
      var isHarmless: Bool { error == 0 || error == EINTR }

      static let all = [
        Fault(call: "open", error: EMFILE), Fault(call: "read", error: EIO), Fault(call: "write", error: ENOSPC),
        Fault(call: "fsync", error: EIO), Fault(call: "rename", error: EACCES), Fault(call: "link", error: EMLINK),
        Fault(call: "truncate", error: EFBIG), Fault(call: "mkdir", error: EDQUOT), Fault(call: "read", error: EINTR),
        Fault(call: "write", error: EINTR), Fault(call: "read", error: 0), Fault(call: "write", error: 0),
        // As on a file system that has no such renaming.
        Fault(call: "rename", error: EINVAL),
      ]
    }

    let directory: TemporaryDirectory
    private let convert = Executable(product: "har-convert")
    private let train = Executable(product: "har-train")

    init() throws {
      directory = try TemporaryDirectory()
      try directory.makeStore(size: 40)
    }

    /// What became of a command one of whose calls failed; nil where it had no more of them.
    private func run(_ program: Executable, _ arguments: [String], _ fault: Fault, number: Int) throws -> ProcessResult?
    {
      let report = try TemporaryDirectory()
      let result = try program.run(
        arguments,
        environment: [
          "LD_PRELOAD": Executable(product: "libFailingCalls.so").path, "FAILING_CALL": fault.call,
          "FAILING_NUMBER": "\(number)", "FAILING_ERROR": "\(fault.error)", "FAILING_FOLDER": directory.path,
          "FAILING_REPORT": report.path("failed"),
        ], in: directory.path)
      let hasFailed = FileManager.default.fileExists(atPath: report.path("failed"))
      if !hasFailed { #expect(result.status == 0, "\(result.standardError)") }
      return hasFailed ? result : nil
    }

    /// One line, and a status that says what went wrong, from wrong usage to a refused permission.
    private func expectError(_ result: ProcessResult, _ place: String) {
      #expect((64...78).contains(result.status), "\(place): \(result.status) \(result.standardError)")
      #expect(result.errorLines.count == 1, "\(place): \(result.standardError)")
    }

    private func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: directory.path(name)))
    }

    @Test(arguments: Fault.all) func conversion(_ fault: Fault) throws {
      let whole = try bytes("store.h5")
      let names = try directory.names()
      var number = 1
      var refusals = 0
      while let result = try run(convert, ["made", "new.h5", "--quiet"], fault, number: number) {
        let place = "\(fault.testDescription), number \(number)"
        if result.status == 0 {
          #expect(try bytes("new.h5") == whole, "\(place)")
          try directory.remove("new.h5")
        } else {
          #expect(!fault.isHarmless, "\(place): \(result.standardError)")
          expectError(result, place)
          refusals += 1
        }
        #expect(try directory.names() == names, "\(place)")
        number += 1
      }
      #expect(try bytes("new.h5") == whole)
      // A failure that nothing comes of was not noticed, but for a renaming that another way is known for.
      #expect(refusals > 0 || number == 1 || fault.isHarmless || fault.error == EINVAL)
      // The conversion neither makes folders nor, where it can rename, links.
      #expect(number > 1 || ["mkdir", "link"].contains(fault.call))
    }

    @Test(arguments: Fault.all) func trainingWithCheckpoints(_ fault: Fault) throws {
      let options = [
        "--data", "store.h5", "--model", "lstm", "--units", "3", "--epochs", "2", "--repeats", "1", "--threads", "1",
        "--quiet", "--output",
      ]
      #expect(try train.run(options + ["whole"], in: directory.path).status == 0)
      let whole = try bytes("whole/model-01.h5")
      var number = 1
      while let result = try run(train, options + ["run"], fault, number: number) {
        let place = "\(fault.testDescription), number \(number)"
        let files = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
        #expect(!files.contains { $0.contains(".partial-") }, "\(place)")
        if result.status != 0 {
          #expect(!fault.isHarmless, "\(place): \(result.standardError)")
          expectError(result, place)
          let hasBegun = files.contains("run/config.json")
          #expect(hasBegun || !files.contains("run"), "\(place): \(files)")
          let again = try train.run(
            hasBegun ? ["resume", "run", "--quiet"] : options + ["run"], in: directory.path)
          #expect(again.status == 0, "\(place): \(again.standardError)")
        }
        #expect(try bytes("run/model-01.h5") == whole, "\(place)")
        try directory.remove("run")
        number += 1
      }
      #expect(try bytes("run/model-01.h5") == whole)
      #expect(number > 1 || ["link", "truncate"].contains(fault.call))
    }
  }
#endif
