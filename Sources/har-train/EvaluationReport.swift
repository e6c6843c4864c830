import CommandSupport
import SystemSupport
import Training

extension Predictions {
  /// What they are worth as text within 80 columns: the summary, a line for each activity and the averages as scikit-learn prints them,
  /// and the confusion matrix, whose columns are numbered as its rows are.
  ///
  /// - Parameter isShaded: whether a terminal shades the matrix's cells by their share of the row.
  func report(isShaded: Bool = StandardOutput.hasColour) -> String {
    let evaluation = evaluation
    return [
      "Accuracy: \((evaluation.accuracy * 100).decimal(digits: 3))%  (\(evaluation.correct) of \(evaluation.count) windows)",
      "Loss: \(evaluation.loss.decimal(digits: 6))", "", measures(evaluation), "",
      confusion(evaluation, isShaded: isShaded),
    ].joined(separator: "\n")
  }

  private func measures(_ evaluation: Evaluation) -> String {
    let classes = ClassMeasures.all(evaluation.confusion)
    let rows = classes.map {
      (store.activityNames[$0.label], [$0.precision, $0.recall, $0.f1] as [Double?], $0.windows)
    }
    let averages = [("macro avg", AverageMeasures.macro(classes)), ("weighted avg", .weighted(classes))].map {
      ($0.0, [$0.1.precision, $0.1.recall, $0.1.f1] as [Double?], evaluation.count)
    }
    let width = nameWidth(80 - 4 * 11, among: store.activityNames + averages.map(\.0))
    let lines = (rows + averages).map { name, numbers, windows in
      [name] + numbers.map { $0.map { $0.decimal(digits: 4) } ?? "-" } + ["\(windows)"]
    }
    return PrintedTable(
      [.left(width)] + Array(repeating: .right(11, gap: 0), count: 4),
      [["activity", "precision", "recall", "F1", "windows"]] + lines
    ).text
  }

  private func confusion(_ evaluation: Evaluation, isShaded: Bool) -> String {
    let names = store.activityNames
    let numbers = names.indices.map { "\($0 + 1)" }
    let most = evaluation.confusion.joined().max() ?? 0
    let column = max("\(most)".count, numbers.last?.count ?? 1) + 2
    let numberWidth = numbers.last?.count ?? 1
    let width = nameWidth(80 - numberWidth - 1 - names.count * column, among: names)
    let rows = zip(zip(numbers, names), evaluation.confusion).map { [$0.0, $0.1] + $1.map { "\($0)" } }
    let table = PrintedTable(
      [.right(numberWidth), .left(width, gap: 1)] + Array(repeating: .right(column, gap: 0), count: names.count),
      [["", ""] + numbers] + rows)
    // Behind the heading, and behind the numbers and names.
    let text = table.text { row, column, cell in
      guard isShaded, row > 0, column > 1 else { return cell }
      let counts = evaluation.confusion[row - 1]
      return Shade.of(counts[column - 2], in: counts).around(cell)
    }
    return "confusion (rows: activity, columns: predicted)\n\(text)"
  }

  /// The columns that names get: what they need, but no more than the room there is, and never so little that they say nothing.
  private func nameWidth(_ room: Int, among names: [String]) -> Int {
    max(8, min(room, names.map(\.count).max() ?? 0))
  }
}

/// A cell's background among the 256 colours of a terminal: the more of its row it holds, the stronger.
private struct Shade {
  private let code: String?

  /// Six blues of the terminal's cube, from dark to light, with the text that reads on them; nothing behind a share below 1 %.
  private static let steps = [(17, 231), (18, 231), (19, 231), (26, 231), (33, 16), (75, 16)]

  static func of(_ count: Int, in row: [Int]) -> Shade {
    let share = Double(count) / Double(max(1, row.reduce(0, +)))
    guard share >= 0.01 else { return Shade(code: nil) }
    let (background, text) = steps[min(steps.count - 1, Int(share * Double(steps.count)))]
    return Shade(code: "\u{1B}[48;5;\(background);38;5;\(text)m")
  }

  func around(_ cell: String) -> String { code.map { "\($0)\(cell)\u{1B}[0m" } ?? cell }
}
