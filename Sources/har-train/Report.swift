import ArgumentParser
import Reports
import SystemSupport
import Training
import Windows

/// Pages of runs that are there.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a run's page, report.html, or one that compares several runs.",
    discussion: """
      Of one folder: the page that training ends with, made anew into the folder. Of several: one page with their scores side by \
      side, the differences of their means and how sure those are. Pages are single files that need no network.

      EXAMPLES
        har-train report runs/demo
        har-train report runs/demo --svg --tensorboard
        har-train report runs/a runs/b --output comparison.html

      \(ExitStatusHelp.reading)
      """)

  @Argument(help: ArgumentHelp("Folders of runs, or of one search or cross-validation.", valueName: "DIR"))
  var folders: [String]

  @Option(help: ArgumentHelp("Where the page of several runs goes. (default: comparison.html)", valueName: "FILE.html"))
  var output: String?

  @Option(help: ArgumentHelp("The store, where it is no longer where it was.", valueName: "STORE.h5"))
  var data: String?

  @Option(help: ArgumentHelp("Threads. (default: all cores)", valueName: "T"))
  var threads: Int?

  @Flag(help: "Replace the page of several runs if it exists.")
  var overwrite = false

  @OptionGroup var reports: ReportOptions

  func validate() throws {
    try threads.map { try require($0, in: SettingsRange.threads, "--threads") }
    guard output == nil || folders.count > 1 else {
      throw ValidationError("--output: of one folder, whose page goes into it; expected several folders")
    }
    guard folders.count == 1 || !(reports.svg || reports.tensorboard) else {
      throw ValidationError("--\(reports.svg ? "svg" : "tensorboard"): of several folders, expected one")
    }
  }

  /// Wrong usage where a run's pictures or event files are asked of something else.
  private func refuseRunOptions(_ kind: String) throws {
    guard reports.svg || reports.tensorboard else { return }
    throw ValidationError("--\(reports.svg ? "svg" : "tensorboard"): \(folders[0]) is a \(kind), expected a run")
  }

  func run() throws {
    if folders.count == 1, FileSystem.exists("\(folders[0])/\(TuningConfiguration.fileName)") {
      try refuseRunOptions("search")
      return try StandardOutput.writeLine(try SearchReport(try SearchResults(path: folders[0])).write())
    }
    if folders.count == 1, FileSystem.exists("\(folders[0])/\(CrossValidationConfiguration.fileName)") {
      try refuseRunOptions("cross-validation")
      let configuration = try CrossValidationConfiguration.read(
        "\(folders[0])/\(CrossValidationConfiguration.fileName)")
      let store = try WindowStore.read(path: data ?? configuration.run.store.path)
      let context = PredictionContext(kernels: try chosenKernels(), threads: threads ?? coreCount)
      try configuration.run.check(storePath: store.path, kernels: context.kernels)
      let results = try CrossValidationResults(path: folders[0], store: store, context)
      for warning in results.warnings { StandardError.writeLine("har-train: \(warning)") }
      return try StandardOutput.writeLine(try CrossValidationReport(results).write())
    }
    let input = try ReportInput(folders, data: data, threads: threads ?? coreCount) {
      StandardError.writeLine("har-train: \($0)")
    }
    guard input.reports.count == 1 else {
      let path = output ?? "comparison.html"
      try ComparisonPage(input.reports).write(path, overwrite: overwrite)
      return try StandardOutput.writeLine(path)
    }
    let report = input.reports[0]
    try StandardOutput.writeLine(try report.write())
    if reports.svg { try StandardOutput.writeLine(try report.writePictures()) }
    if reports.tensorboard { try StandardOutput.writeLine(try RunEvents.write(report.run)) }
  }
}
