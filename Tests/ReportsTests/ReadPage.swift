import Foundation
import Testing
#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A page as its reader gets it. What stands inside `main` is well-formed XML as well as HTML, pictures and all.
struct ReadPage {
  /// An element, its text that of everything in it.
  final class Element {
    let name: String
    let attributes: [String: String]
    fileprivate(set) var children: [Element] = []
    fileprivate(set) var text = ""

    fileprivate init(_ name: String, _ attributes: [String: String]) {
      self.name = name
      self.attributes = attributes
    }

    /// The element and everything in it, in the order of the document.
    var all: [Element] { [self] + children.flatMap(\.all) }

    func all(_ name: String, class word: String? = nil) -> [Element] {
      all.filter { $0.name == name && (word.map($0.classes.contains) ?? true) }
    }

    var classes: [String] { (attributes["class"] ?? "").split(separator: " ").map(String.init) }

    /// Of a picture: what is written in it, names of lines and tooltips aside.
    var words: [String] { all("text").map { element in element.text } }
  }

  let html: String
  let main: Element

  init(_ html: String) throws {
    self.html = html
    let start = try #require(html.range(of: "<main>"))
    let end = try #require(html.range(of: "</main>"))
    let reader = Reader()
    let parser = XMLParser(data: Data(html[start.lowerBound..<end.upperBound].utf8))
    parser.delegate = reader
    try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "") in line \(parser.lineNumber)")
    main = try #require(reader.open[0].children.first)
  }

  var warnings: [String] { main.all("p", class: "warning").map(\.text) }
  var paragraphs: [String] { main.all("p").map(\.text) }
  var headings: [String] { main.all("h2").map(\.text) }
  var captions: [String] { main.all("figcaption").map(\.text) }

  /// The cells of the rows of every table, a table's heading first.
  var tables: [[[String]]] {
    main.all("table").map { table in
      table.all("tr").map { row in row.children.map(\.text) }
    }
  }

  /// The first table whose heading begins with these words, its heading aside.
  func rows(_ heading: String...) throws -> [[String]] {
    let table = try #require(tables.first { $0.first.map { Array($0.prefix(heading.count)) } == heading }, "\(heading)")
    return Array(table.dropFirst())
  }

  /// Pictures whose title this is.
  func pictures(_ title: String) -> [Element] {
    main.all("svg").filter { $0.children.first?.text == title }
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var open = [Element("", [:])]

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      let element = Element(name, attributes)
      open[open.count - 1].children.append(element)
      open.append(element)
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
      open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      for element in open { element.text += string }
    }
  }
}
