import ArgumentParser
import Communication
import Foundation
import SystemSupport
import Training
import Windows

/// Where the windows are while networks learn from them, or judge them.
struct StreamOption: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Stream the windows from the store in shuffled blocks, for stores larger than memory. (default: where they would take more than a quarter of it)"
    ))
  var stream: Bool?

  var placement: ReadingPlacement {
    if let stream { return stream ? .file : .memory }
    return .automatic(processes: Launcher.processCountOfMachine(ProcessInfo.processInfo.environment))
  }

  /// Wrong usage where windows are to be streamed and sent.
  func check(_ processes: ProcessOptions) throws {
    guard stream != true || !processes.shareStore else {
      throw ValidationError("--share-store: excludes --stream, with which each process reads the store")
    }
  }

  /// Reads a store; says where its chunks are large. Throws ``StoreError``, or where windows that are streamed are to be sent.
  func read(_ path: String, _ processes: ProcessOptions) throws -> WindowStore {
    let store = try WindowStore.read(path: path, placement)
    guard !store.isStreamed || !processes.shareStore else {
      throw CommandError(
        exitStatus: .usage,
        message: "--share-store: sends windows from memory, but \(path) is too large for it and streamed (--no-stream)")
    }
    if let warning = store.streamingWarning { StandardError.writeLine("har-train: warning: \(warning)") }
    return store
  }
}

extension ExperimentSettings {
  /// Where a folder's trainings had their windows.
  var placement: ReadingPlacement { streams == true ? .file : .memory }
}

extension WindowStore {
  /// The option with which the same is streamed, or not, on any machine; none where all would do so.
  var streamingOption: [String] { isStreamed ? ["--stream"] : isLarge ? ["--no-stream"] : [] }
}
