/// How wide text will be in a sans-serif font whose metrics aren't known: advance widths in classes, as wide as those of
/// Verdana and DejaVu Sans, the widest fonts that readers' systems are likely to choose.
package enum TextWidth {
  /// In the unit of `size`, the font's.
  package static func of(_ text: String, size: Double = 12) -> Double {
    text.unicodeScalars.reduce(0) { $0 + advance($1) } * size
  }

  /// The text where it fits; otherwise its beginning and an ellipsis.
  package static func shortened(_ text: String, to width: Double, size: Double = 12) -> String {
    guard of(text, size: size) > width else { return text }
    var short = ""
    for character in text {
      guard of(short + String(character) + "…", size: size) <= width else { break }
      short.append(character)
    }
    while short.last?.isWhitespace == true { short.removeLast() }
    return short + "…"
  }

  /// The text in lines broken at spaces, at most `lines` of them; the last ends in an ellipsis where more would follow.
  package static func wrapped(_ text: String, to width: Double, size: Double, lines most: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace).map(String.init) {
      if let last = lines.last, lines.count >= most || of("\(last) \(word)", size: size) <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(word)
      }
    }
    return lines.map { shortened($0, to: width, size: size) }
  }

  private static func advance(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "'", "|", "I", " ", ".", ",", ":", ";", "!", "/", "\\": 0.34
    case "f", "t", "r", "(", ")", "[", "]", "-": 0.41
    case "m", "M", "w", "W", "%", "@", "…", "−", "+", "=", "<", ">", "~", "#", "Q", "O", "D", "G", "H", "N", "&": 0.84
    case "A"..."Z": 0.69
    case "s", "c", "z", "x", "y", "v", "k", "J", "L", "_", "?", "*": 0.57
    case "a"..."z", "0"..."9", "$": 0.64
    // Controls, too, are drawn as a sign that stands for them.
    case _ where scalar.value >= 0x1100 || scalar.properties.generalCategory == .control: 1
    default: 0.65
    }
  }
}
