import ArgumentParser
import Inspection
import Reports
import SystemSupport
import Training
import Windows

/// What is in a store.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what is in a store of windows, and what is suspicious about it.",
    discussion: """
      The windows by activity and person, what the readings of each signal are like, and findings: signals that never change or clip, windows that are there twice \
      or overlap, people in both splits, activities with few windows or none, and train and test that differ. A finding is no error: the exit status is 0.

      EXAMPLES
        har-train inspect har.h5
        har-train inspect har.h5 --html store.html

      \(ExitStatusHelp.reading)
      """)

  @Argument(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
  var store: String

  @Option(help: ArgumentHelp("Write a page too, with a window of each activity to look at.", valueName: "FILE.html"))
  var html: String?

  @Flag(help: "Replace the page if it exists.")
  var overwrite = false

  @Flag(help: "Print JSON (docs/schemas/).")
  var json = false

  func validate() throws {
    guard html != nil || !overwrite else { throw ValidationError("--overwrite: needs --html") }
    guard html.map({ isSameFile($0, store) }) != true else { throw ValidationError("--html: \(store) is the store") }
  }

  func run() throws {
    let windows = try WindowStore.read(path: store)
    let inspection = StoreInspection(windows)
    if let html {
      let page = StorePage(inspection, windows)
      try WritingFiles().write { try page.write(html, overwrite: overwrite) }
    }
    try StandardOutput.writeLine(json ? try RunJSON.text(inspection) : inspection.report)
  }
}

/// Whether two paths lead to the same file, by whatever links and names.
private func isSameFile(_ a: String, _ b: String) -> Bool {
  var (first, second) = (stat(), stat())
  guard stat(a, &first) == 0, stat(b, &second) == 0 else { return false }
  return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)
}
