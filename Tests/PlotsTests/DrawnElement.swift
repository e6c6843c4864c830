import Foundation
import Plots
#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of a picture as an XML parser sees it.
final class DrawnElement {
  let name: String
  let attributes: [String: String]
  fileprivate(set) var children: [DrawnElement] = []
  /// Of the element itself.
  fileprivate(set) var text = ""

  fileprivate init(_ name: String, _ attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  /// The root of a document; nil where it is no XML.
  static func root(_ document: String) -> DrawnElement? {
    let reader = Reader()
    let parser = XMLParser(data: Data(document.utf8))
    parser.delegate = reader
    return parser.parse() ? reader.open[0].children.first : nil
  }

  static func root(_ picture: Picture) -> DrawnElement? { root(picture.svg(.embedded)) }

  /// The element and everything in it, in the order of painting.
  var all: [DrawnElement] { [self] + children.flatMap(\.all) }

  func all(_ name: String, class word: String? = nil) -> [DrawnElement] {
    all.filter { $0.name == name && (word.map($0.classes.contains) ?? true) }
  }

  var classes: [String] { (attributes["class"] ?? "").split(separator: " ").map(String.init) }

  subscript(_ attribute: String) -> Double { attributes[attribute].flatMap(Double.init) ?? .nan }

  /// Of a polyline or polygon.
  var points: [(x: Double, y: Double)] {
    (attributes["points"] ?? "").split(separator: " ").map { pair in
      let numbers = pair.split(separator: ",").map { Double($0) ?? .nan }
      return (numbers.first ?? .nan, numbers.count == 2 ? numbers[1] : .nan)
    }
  }

  /// All places that the element itself names.
  var places: [(x: Double, y: Double)] {
    switch name {
    case "line": [(self["x1"], self["y1"]), (self["x2"], self["y2"])]
    case "rect": [(self["x"], self["y"]), (self["x"] + self["width"], self["y"] + self["height"])]
    case "circle": [(self["cx"] - self["r"], self["cy"] - self["r"]), (self["cx"] + self["r"], self["cy"] + self["r"])]
    case "polyline", "polygon": points
    case "text": textEnds
    default: []
    }
  }

  /// Where a text begins and ends, by the widths the plots reckon with.
  private var textEnds: [(x: Double, y: Double)] {
    let size = classes.contains("heading") ? 16 : 12.0
    let width = TextWidth.of(text, size: size)
    let before: Double =
      switch attributes["text-anchor"] {
      case "middle": width / 2
      case "end": width
      default: 0
      }
    let turn = attributes["transform"].flatMap { $0.dropFirst("rotate(".count).split(separator: " ").first }
    let angle = (turn.flatMap { Double($0) } ?? 0) * .pi / 180
    return [-before, width - before].map { (self["x"] + $0 * cos(angle), self["y"] + $0 * sin(angle)) }
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var open = [DrawnElement("", [:])]

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      let element = DrawnElement(name, attributes)
      open[open.count - 1].children.append(element)
      open.append(element)
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
      open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { open[open.count - 1].text += string }
  }
}
