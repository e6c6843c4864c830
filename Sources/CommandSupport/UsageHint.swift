package import ArgumentParser

/// What wrong usage is answered with: one line that says what is wrong, what may have been meant, and where help is.
package struct UsageHint {
  private let root: any ParsableCommand.Type
  /// Arguments without the program's name.
  private let arguments: [String]

  package init(_ root: any ParsableCommand.Type, arguments: [String]) {
    self.root = root
    self.arguments = arguments
  }

  /// The line for an error of the argument parser, without the program's name; nil where the error has nothing to say.
  package func line(for error: any Error) -> String? {
    let message = root.message(for: error).split(separator: "\n").joined(separator: " ")
    guard !message.isEmpty else { return nil }
    guard root.exitCode(for: error) == .validationFailure else { return message }
    let commands = root.configuration.subcommands
    if let name = arguments.first, !name.hasPrefix("-"), name != "help", named == nil, !commands.isEmpty {
      let meant = meaning(name, among: commands.map { $0._commandName })
      return "\(name): no such command\(meant) (\(root._commandName) --help)"
    }
    let help = " (\(helpCommand))"
    if let match = message.firstMatch(of: /Unknown option '(-[^'=]*)/) {
      let name = String(match.output.1)
      return "\(name): no such option\(meaning(name, among: options))\(help)"
    }
    return (message.hasSuffix(".") ? String(message.dropLast()) : message) + help
  }

  private func meaning(_ name: String, among candidates: [String]) -> String {
    Self.nearest(name, among: candidates).map { ", did you mean \($0)?" } ?? ""
  }

  /// The subcommand that the arguments name.
  private var named: (any ParsableCommand.Type)? {
    root.configuration.subcommands.first { $0._commandName == arguments.first }
  }

  private var command: any ParsableCommand.Type { named ?? root.configuration.defaultSubcommand ?? root }

  private var helpCommand: String {
    ([root._commandName] + (command == root ? [] : [command._commandName]) + ["--help"]).joined(separator: " ")
  }

  /// The long options of the command, as its help shows them.
  private var options: [String] {
    let lines = root.helpMessage(for: command, columns: 200).split(separator: "\n")
    return lines.map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("-") }
      .flatMap { line in line.matches(of: /--[a-z][a-z-]*/).prefix(2).map { String($0.output) } }
  }

  // MARK: Likeness

  /// The candidate that a name most likely stands for: one that differs in dashes or case only, that it is the beginning or the
  /// initials of, or that a few changed letters make of it.
  package static func nearest(_ name: String, among candidates: [String]) -> String? {
    func plain(_ text: String) -> String { text.lowercased().filter { $0 != "-" && $0 != "_" } }
    func initials(_ text: String) -> String { String(text.split(separator: "-").compactMap(\.first)) }
    let wanted = plain(name)
    guard !wanted.isEmpty else { return nil }
    let shortestFirst = candidates.sorted { ($0.count, $0) < ($1.count, $1) }
    if let same = shortestFirst.first(where: { plain($0) == wanted }) { return same }
    if wanted.count > 1, let initial = shortestFirst.first(where: { initials($0) == wanted }) { return initial }
    if let longer = shortestFirst.first(where: { plain($0).hasPrefix(wanted) }) { return longer }
    let distances = shortestFirst.map { (name: $0, changes: changes(wanted, plain($0))) }
    guard let best = distances.min(by: { $0.changes < $1.changes }), best.changes <= max(1, wanted.count / 3) else {
      return nil
    }
    return best.name
  }

  /// Letters to change, insert, leave out or swap with their neighbour to make `b` of `a` (Damerau and Levenshtein).
  private static func changes(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var rows = [Array(0...b.count)]
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var least = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[i - 1][j - 1] + 1) }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
