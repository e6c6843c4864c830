import Foundation
import SystemSupport
import Windows

/// Words as a shell takes them for a command.
func shellCommand(_ words: [String]) -> String { words.map(shellQuoted).joined(separator: " ") }

private func shellQuoted(_ word: String) -> String {
  word.wholeMatch(of: /[A-Za-z0-9_.,:\/=+@%-]+/) != nil ? word : "'\(word.replacing("'", with: "'\\''"))'"
}

/// This process's command as one that trains the same anew from anywhere: paths of input files begin at the root, and nothing is said
/// of the folder of results, which is there already, or of what is shown.
///
/// - Parameter store: whether it is streamed is said where that may depend on the machine; nil for a command without one.
func reproducingCommand(_ arguments: [String] = CommandLine.arguments, on store: WindowStore? = nil) -> String {
  let inputs = ["--data", "--network", "--start-from"]
  let flags = ["--stream", "--no-stream", "--share-store"]
  let shown = ["--quiet", "--json", "--svg", "--tensorboard"]
  var words = ["har-train"]
  var rest = arguments.dropFirst()
  /// Whether a search's space, its one argument, may come next.
  var isBetweenOptions = false
  while let word = rest.popFirst() {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let value: () -> String = { parts.count == 2 ? parts[1] : rest.popFirst() ?? "" }
    switch parts[0] {
    case "--output":
      _ = value()
      isBetweenOptions = true
    case let name where shown.contains(name): isBetweenOptions = true
    case let name where flags.contains(name):
      words.append(word)
      isBetweenOptions = true
    case let name where inputs.contains(name):
      words += [name, pathFromRoot(value())]
      isBetweenOptions = true
    case let name where name.hasPrefix("-"):
      words.append(word)
      isBetweenOptions = parts.count == 2
    default:
      words.append(isBetweenOptions && words.contains("tune") ? pathFromRoot(word) : word)
      isBetweenOptions = true
    }
  }
  if !words.contains("--stream"), !words.contains("--no-stream") { words += store?.streamingOption ?? [] }
  // Kernels of another kind round otherwise.
  let kernels = ProcessInfo.processInfo.environment["HAR_KERNELS"].map { "HAR_KERNELS=\(shellCommand([$0])) " } ?? ""
  return kernels + shellCommand(words)
}
