import ArgumentParser
import Foundation
import Kernels
import NeuralNetworks
import Windows

/// What is trained, and on what.
struct MeasuredModel: ParsableArguments {
  @Option(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
  var data: String

  @Option(help: ArgumentHelp("lstm, cnn-lstm or conv-lstm.", valueName: "MODEL"))
  var model: ModelPreset = .lstm

  /// The network itself.
  func network() throws -> Sequential { try Sequential(model.description()) }

  /// The store's training windows.
  func trainingWindows() throws -> WindowSet { try WindowStore.read(.train, path: data) }
}

/// Where figures go beside standard output.
struct FigureFiles: ParsableArguments {
  @Option(help: ArgumentHelp("A CSV file for the figures.", valueName: "FILE.csv"))
  var csv: String?

  @Option(help: ArgumentHelp("An SVG file for the plot of speed-up.", valueName: "FILE.svg"))
  var plot: String?

  /// Writes the files that are asked for, each whole or not at all.
  func write(csv csvText: @autoclosure () -> String, plot svg: @autoclosure () -> String) throws {
    if let csv { try Self.write(csvText(), to: csv) }
    if let plot { try Self.write(svg(), to: plot) }
  }

  static func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}

extension KernelSet {
  /// Those that this processor has, or `HAR_KERNELS` names.
  static func chosen() throws -> KernelSet { try KernelSet(environment: ProcessInfo.processInfo.environment) }
}

extension ModelPreset: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}

extension ModelPreset {
  /// The tutorial's network in a precision.
  func description(_ precision: Precision) throws -> ModelDescription {
    var description = try description()
    description.precision = precision
    return description
  }
}
