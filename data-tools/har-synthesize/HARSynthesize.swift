import ArgumentParser
import CommandSupport
import Foundation
import SystemSupport

/// The command: a seed and a size in, a folder out, one line on standard output.
@main
struct HARSynthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "har-synthesize",
    abstract: "Make up activity recordings in the UCI HAR layout.",
    discussion: """
      For trying and testing where the real recordings are not at hand. 30 made-up people do six activities; the same \
      nine of them as in the real recordings are the test split. The folder is marked SYNTHETIC, and so is every \
      store made from it. The same seed and size give the same files.

      EXAMPLES
        har-synthesize HARDataset
        har-synthesize small --size 600 --seed 7
        har-synthesize tenth --size 0.1
        har-synthesize large --scale 100

      EXIT STATUS
        0   done
        64  wrong usage
        73  the folder exists or cannot be made
        74  writing failed
      """,
    version: packageVersion)

  @Argument(help: ArgumentHelp("Folder to make.", valueName: "DIR"))
  var folder: String

  @Option(help: ArgumentHelp("What the random numbers depend on.", valueName: "SEED"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Windows in all, at least 30, or a fraction of the real 10299 such as 0.1. (default: 10299)",
      valueName: "SIZE"))
  var size: Size?

  @Option(
    help: ArgumentHelp(
      "In place of --size: so many times the real recordings' windows, 0.003 to 1000.", valueName: "FACTOR"))
  var scale: Scale?

  @Flag(help: "Show no progress; the summary is printed all the same.")
  var quiet = false

  @Flag(help: "Print the summary as JSON (docs/schemas/).")
  var json = false

  static func main() { runProcess() }

  func validate() throws {
    guard size == nil || scale == nil else { throw ValidationError("--scale: excludes --size") }
  }

  func run() throws {
    let size = scale?.size ?? size ?? .real
    let start = ContinuousClock().now
    var bar = quiet ? nil : ProgressBar()
    let dataset = SyntheticDataset(path: folder, seed: seed, trainCount: size.train, testCount: size.test)
    let bytes: Int
    do throws(OutputError) {
      bytes = try dataset.write { done, all in
        bar?.show(Double(done) / Double(all), "\(done) of \(all) people")
      }
    } catch {
      bar?.clear()
      throw error
    }
    bar?.clear()
    let seconds = (ContinuousClock().now - start) / .seconds(1)
    guard json else { return try StandardOutput.writeLine(line(size, bytes, seconds)) }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let summary = Summary(
      folder: folder, seed: seed, trainWindows: size.train, testWindows: size.test, textBytes: bytes, seconds: seconds)
    try StandardOutput.writeLine(String(decoding: try encoder.encode(summary), as: UTF8.self))
  }

  /// What `--json` prints (docs/schemas/synthesize.json).
  private struct Summary: Encodable {
    let folder: String
    let seed: UInt64
    let trainWindows: Int
    let testWindows: Int
    let textBytes: Int
    let seconds: Double
  }

  private func line(_ size: Size, _ bytes: Int, _ seconds: Double) -> String {
    """
    \(folder): SYNTHETIC recordings, \(size.train) training and \(size.test) test windows of 30 made-up people, \
    seed \(seed), \((Double(bytes) / 1e6).decimal(digits: 0)) MB of text in \(seconds.decimal(digits: 2)) s
    """
  }
}

/// How many windows to make up.
struct Size: ExpressibleByArgument {
  /// The real recordings'.
  static let real = Size(train: 7352, test: 2947)
  /// One window per person is the least; the most, a thousand times the real recordings, is what nobody has waited for.
  static let possible = 30...10_299_000

  let train: Int, test: Int

  var windows: Int { train + test }

  init(train: Int, test: Int) { (self.train, self.test) = (train, test) }

  /// So many windows, divided between the splits as the real ones are.
  init(windows: Int) {
    let all = Self.real.windows
    test = max(Person.numbers(.test).count, (windows * Self.real.test + all / 2) / all)
    train = windows - test
  }

  init?(argument: String) {
    if let windows = Int(argument), Self.possible.contains(windows) {
      self.init(windows: windows)
    } else if argument.contains("."), let fraction = Double(argument), fraction > 0, fraction <= 1 {
      let windows = (fraction * Double(Self.real.windows)).rounded()
      guard Self.possible.contains(Int(windows)) else { return nil }
      self.init(windows: Int(windows))
    } else {
      return nil
    }
  }
}

/// How many times the real recordings' windows to make up.
struct Scale: ExpressibleByArgument {
  let size: Size

  init?(argument: String) {
    let real = Size.real
    guard let factor = Double(argument), factor > 0, factor * Double(real.windows) <= Double(Size.possible.upperBound)
    else { return nil }
    let size = Size(
      train: Int((factor * Double(real.train)).rounded()), test: Int((factor * Double(real.test)).rounded()))
    guard size.train >= Person.numbers(.train).count, size.test >= Person.numbers(.test).count else { return nil }
    self.size = size
  }
}
