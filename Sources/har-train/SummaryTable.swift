import CommandSupport
import Foundation
import NeuralNetworks

/// A network's summary as text within 80 columns: the table that Keras 3 draws, with a column for the arithmetic, and the totals.
struct SummaryTable {
  private let summary: NetworkSummary
  /// Whether layers inside of others have rows of their own.
  private let isExpanded: Bool

  init(_ summary: NetworkSummary, isExpanded: Bool) {
    self.summary = summary
    self.isExpanded = isExpanded
  }

  var text: String {
    ([#"Model: "\#(singleLine(summary.name, limit: 60))""#] + table + totals).joined(separator: "\n")
  }

  // MARK: Totals

  private var totals: [String] {
    let bytes = summary.parameterBytes
    let trainable = MemoryLayout<Float>.size * summary.trainableParameters
    return [
      " Total params: \(summary.parameters.grouped) (\(Self.memory(bytes)))",
      " Trainable params: \(summary.trainableParameters.grouped) (\(Self.memory(trainable)))",
      " Non-trainable params: \(summary.nonTrainableParameters.grouped) (\(Self.memory(bytes - trainable)))",
      " Input shape: \(Self.shape(summary.inputShape))",
      " Precision: \(summary.precision.rawValue)",
      " FLOPs per window, forward pass: \(summary.forwardFlops.grouped) (\(Self.flops(summary.forwardFlops)))",
      " FLOPs per window, training step: \(summary.trainingFlops.grouped) (\(Self.flops(summary.trainingFlops)))",
    ]
  }

  /// As Keras writes a tuple, which has a comma behind a lone element.
  private static func shape(_ shape: [Int?]) -> String {
    "(" + shape.map { $0.map(String.init) ?? "None" }.joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
  }

  /// In units of 1024 bytes, as Keras has them.
  private static func memory(_ bytes: Int) -> String { scaled(bytes, by: 1024, ["B", "KB", "MB", "GB", "TB"]) }

  /// In units of 1000, as FLOPs are counted; none where there are none.
  private static func flops(_ count: Int) -> String {
    count < 1000 ? "\(count)" : scaled(count, by: 1000, ["", "K", "M", "G", "T", "P", "E"])
  }

  private static func scaled(_ count: Int, by factor: Double, _ units: [String]) -> String {
    var number = Double(count)
    var unit = 0
    while number >= factor, unit + 1 < units.count {
      number /= factor
      unit += 1
    }
    return "\(String(format: "%.2f", number)) \(units[unit])"
  }

  // MARK: The table

  private var rows: [[String]] {
    func rows(_ layer: NetworkSummary.Layer, _ prefix: String) -> [[String]] {
      let row = [
        "\(prefix)\(singleLine(layer.name, limit: 80)) (\(layer.className))", Self.shape(layer.outputShape),
        layer.parameters.grouped, Self.flops(layer.forwardFlops),
      ]
      let indented = prefix.isEmpty ? "└ " : "  \(prefix)"
      return [row] + (isExpanded ? layer.inside.flatMap { rows($0, indented) } : [])
    }
    return summary.layers.flatMap { rows($0, "") }
  }

  private var table: [String] {
    let heading = ["Layer (type)", "Output Shape", "Param #", "FLOPs"]
    let rows = rows
    var widths = PrintedTable.widths([heading] + rows)
    // Four cells have five lines and eight spaces beside them. Numbers are never cut, names and shapes go on below.
    widths[1] = min(widths[1], 24)
    widths[0] = min(widths[0], 80 - 13 - widths[1...].reduce(0, +))
    func line(_ ends: String, _ bar: Character, _ between: String) -> String {
      let parts = widths.map { String(repeating: bar, count: $0 + 2) }
      return ends.prefix(1) + parts.joined(separator: between) + ends.suffix(1)
    }
    func lines(_ row: [String], _ bar: String) -> [String] {
      let cells = zip(row, widths).map { Self.wrapped($0, $1) }
      return (0..<(cells.map(\.count).max() ?? 0)).map { index in
        let parts = cells.indices.map { column in
          let part = index < cells[column].count ? cells[column][index] : ""
          return column < 2 ? part.left(widths[column]) : part.right(widths[column])
        }
        return "\(bar) " + parts.joined(separator: " \(bar) ") + " \(bar)"
      }
    }
    let body = rows.map { lines($0, "│") }.joined(separator: [line("├┤", "─", "┼")])
    return [line("┏┓", "━", "┳")] + lines(heading, "┃") + [line("┡┩", "━", "╇")] + body + [line("└┘", "─", "┴")]
  }

  /// A cell's lines, broken at spaces, and within words that are too long for one.
  private static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var rest = Substring(text)
    while rest.count > width {
      let end = rest.index(rest.startIndex, offsetBy: width)
      // A space may stand right behind what fits.
      let space = rest[...end].lastIndex(of: " ") ?? rest.startIndex
      let cut = space > rest.startIndex ? space : end
      lines.append(String(rest[..<cut]))
      rest = rest[cut...].drop { $0 == " " }
    }
    return lines + [String(rest)]
  }
}

extension Int {
  /// With commas between thousands, as Python's `,` format has them.
  fileprivate var grouped: String {
    let digits = Array("\(magnitude)")
    return (self < 0 ? "-" : "")
      + digits.indices.map { ((digits.count - $0) % 3 == 0 && $0 > 0 ? "," : "") + String(digits[$0]) }.joined()
  }
}
