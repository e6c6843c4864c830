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
      side, the differences of their means and how sure those are. Pages are single files that need no network. Where the store is gone, \
      they say what is missing.

      EXAMPLES
        har-train report runs/demo
        har-train report runs/demo --svg --tensorboard
        har-train report runs/a runs/b --output comparison.html

      \(ExitStatusHelp.writingIntoFolders)
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

  func run() throws {
    guard folders.count == 1 else { return try compare() }
    let folder = folders[0]
    func holds(_ name: String) -> Bool { FileSystem.exists("\(folder)/\(name)") }
    let names = [TuningConfiguration.fileName, CrossValidationConfiguration.fileName, RunConfiguration.fileName]
    // A training would take for leftovers what is being written.
    let lock = names.contains(where: holds) ? try FolderLock.taken(folder) : nil
    try withExtendedLifetime(lock) {
      if holds(TuningConfiguration.fileName) { return try reportSearch(folder) }
      if holds(CrossValidationConfiguration.fileName) { return try reportCrossValidation(folder) }
      try reportRun(folder)
    }
  }

  private func compare() throws {
    let path = output ?? "comparison.html"
    let page = ComparisonPage(
      try ReportInput(folders, data: data, threads: threads ?? coreCount, warn: Self.warn).reports)
    try WritingFiles().write { try page.write(path, overwrite: overwrite) }
    try StandardOutput.writeLine(path)
  }

  private func reportRun(_ folder: String) throws {
    let report = try ReportInput([folder], data: data, threads: threads ?? coreCount, warn: Self.warn).reports[0]
    let files = WritingFiles()
    try StandardOutput.writeLine(try files.write { try report.write() })
    if reports.svg { try StandardOutput.writeLine(try files.write { try report.writePictures() }) }
    if reports.tensorboard { try StandardOutput.writeLine(try files.write { try RunEvents.write(report.run) }) }
  }

  private func reportSearch(_ folder: String) throws {
    try refuseRunOptions(folder, "search")
    let report = SearchReport(try SearchResults(path: folder))
    try StandardOutput.writeLine(try WritingFiles().write { try report.write() })
  }

  private func reportCrossValidation(_ folder: String) throws {
    try refuseRunOptions(folder, "cross-validation")
    let file = "\(folder)/\(CrossValidationConfiguration.fileName)"
    let configuration = try CrossValidationConfiguration.read(file).run
    let kernels = try chosenKernels()
    // Reading comes before there are threads (see Rehearsal).
    let store = try configuration.storeAtHand(data, of: folder, warn: Self.warn)
    if store != nil { try configuration.check(kernels, at: file) }
    let context = PredictionContext(kernels: kernels, threads: threads ?? coreCount)
    let results = try CrossValidationResults(path: folder, store: store, context)
    results.warnings.forEach(Self.warn)
    let report = CrossValidationReport(results)
    try StandardOutput.writeLine(try WritingFiles().write { try report.write() })
  }

  private static func warn(_ line: String) { StandardError.writeLine("har-train: \(line)") }

  /// Wrong usage where a run's pictures or event files are asked of something else.
  private func refuseRunOptions(_ folder: String, _ kind: String) throws {
    guard reports.svg || reports.tensorboard else { return }
    throw ValidationError("--\(reports.svg ? "svg" : "tensorboard"): \(folder) is a \(kind), expected a run")
  }
}
