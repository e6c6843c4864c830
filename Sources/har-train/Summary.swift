import ArgumentParser
import NeuralNetworks
import SystemSupport
import Training
import Windows

/// Networks' layers, parameters and arithmetic.
struct Summary: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a network's layers, shapes, parameters and arithmetic, as Keras's model.summary() does.",
    discussion: """
      Of a file, of each network of a run, or of the networks that --model and the options under it stand for. FLOPs are \
      those of matrix products and convolutions, a multiplication and its addition counted as two: in the table of the \
      forward pass over a window, below it also of a training step, divided by its windows.

      EXAMPLES
        har-train summary --model cnn-lstm --filters 32
        har-train summary --model all --data har.h5 --json
        har-train summary runs/demo
        har-train summary keras.h5 --expand-nested

      \(ExitStatusHelp.reading)
      """)

  @Argument(
    help: ArgumentHelp("A model that har-train or Keras saved, or a run's folder.", valueName: "MODEL.h5|RUN_DIR"))
  var path: String?

  /// Which network, where no file says so.
  struct Preset: ParsableArguments {
    @Option(help: ArgumentHelp("In place of a file: the network lstm, cnn-lstm, conv-lstm or all.", valueName: "MODEL"))
    var model: ModelChoice?

    @Option(
      help: ArgumentHelp(
        "With --model: the store whose windows it takes. (default: 128 steps of 9 signals, 6 activities)",
        valueName: "STORE.h5"))
    var data: String?
  }

  @OptionGroup(title: "Network") var preset: Preset
  @OptionGroup(title: "Network") var sizes: NetworkOptions

  @Flag(help: "Show the layers inside TimeDistributed and Bidirectional too.")
  var expandNested = false

  @Flag(help: "Print JSON (docs/schemas/).")
  var json = false

  func validate() throws {
    guard path == nil || preset.model == nil else {
      throw ValidationError("--model: excludes a file or a run's folder")
    }
    if path != nil {
      guard preset.data == nil else {
        throw ValidationError("--data: needs --model, as a file says what windows it takes")
      }
      if let (option, _) = sizes.given.first {
        throw ValidationError("--\(option.rawValue): a network from a file has its own sizes.")
      }
      return
    }
    guard let model = preset.model else {
      throw ValidationError("Missing expected argument '<MODEL.h5|RUN_DIR>' or '--model <MODEL>'")
    }
    try sizes.check(model.presets)
  }

  func run() throws {
    let summaries = try path.map(Self.networks(at:)) ?? presets()
    if json { return try StandardOutput.writeLine(try RunJSON.text(Listing(models: summaries))) }
    try StandardOutput.writeLine(
      summaries.map { SummaryTable($0, isExpanded: expandNested).text }.joined(separator: "\n\n"))
  }

  /// What `summary --json` prints (docs/schemas/summary.json).
  private struct Listing: Encodable {
    let models: [NetworkSummary]
  }

  /// The network of a model's file, or those of a run's folder; weights are not read.
  private static func networks(at path: String) throws -> [NetworkSummary] {
    guard FileSystem.isFolder(path) else {
      let network = try NamedNetwork(file: path)
      return [try NetworkSummary(network.description, name: network.name)]
    }
    try RunFolderError.requireRun(path)
    return try RunConfiguration.read("\(path)/\(RunConfiguration.fileName)").settings.models
      .map { try NetworkSummary($0.network, name: $0.name) }
  }

  private func presets() throws -> [NetworkSummary] {
    let defaults = PresetSizes()
    let shape = try preset.data.map { try StoreShape.read(path: $0) }
    return try sizes.descriptions(
      preset.model?.presets ?? [], timeSteps: shape?.timeSteps ?? defaults.timeSteps,
      channels: shape?.channels ?? defaults.channels, classes: shape?.activities ?? defaults.classes
    ).map { preset, description in
      do throws(ModelError) {
        return try NetworkSummary(description, name: preset.rawValue)
      } catch {
        throw CommandError(exitStatus: .usage, message: "\(preset.rawValue): \(error.message)")
      }
    }
  }
}
