/// How text and numbers are written in a document.
extension SVG {
  /// A number with at most two decimals, "0" where it is not finite, and at most a million in size, beyond which no place
  /// is in any picture.
  public static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = Int((min(max(value, -1e6), 1e6) * 100).rounded())
    let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    return "\(sign)\(whole)." + (rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)")
  }

  /// Text for content and for attributes in double quotes, of SVG and of HTML. What neither may hold even when escaped becomes
  /// U+FFFD: controls (XML 1.0, section 2.2; HTML, "control-character-in-input-stream") and noncharacters.
  /// - Parameter keepsLines: whether line ends and tabs stay; else they are spaces, as SVG draws them.
  package static func escaped(_ text: String, keepsLines: Bool = false) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      case " "..."~": escaped.append(scalar)
      case "\t", "\n", "\r": escaped.append(keepsLines ? scalar : " ")
      case _ where scalar.properties.generalCategory == .control || scalar.properties.isNoncharacterCodePoint:
        escaped.append("\u{FFFD}")
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  /// A name that may be an `id` in SVG and in HTML, and be named in `url(#…)`: letters, digits, "-" and "_", a letter first.
  package static func identifier(_ text: String) -> String {
    let kept = text.unicodeScalars.map { scalar -> Character in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_")
        ? Character(scalar) : "-"
    }
    let name = String(kept)
    return name.first?.isLetter == true ? name : "plot-\(name)"
  }
}
