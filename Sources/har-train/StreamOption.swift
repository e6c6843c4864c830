import ArgumentParser
import Training
import Windows

/// Where the windows are while networks learn from them.
struct StreamOption: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Stream the windows from the store in shuffled blocks, so that they need no memory. (default: where they would take more than a quarter of it)"
    ))
  var stream: Bool?

  var placement: ReadingPlacement { stream.map { $0 ? .file : .memory } ?? .automatic }
}

extension ExperimentSettings {
  /// Where a folder's trainings had their windows.
  var placement: ReadingPlacement { streams == true ? .file : .memory }
}
