import Foundation
import Plots
import Testing
import _TestSupport

/// What holds of every picture.
@Suite("Pictures are sound SVG") struct PictureTests {
  private static let all = Pictures.ordinary + Pictures.empty + Pictures.hostile

  /// Of a document a file: its root's name, and the ids that `aria-labelledby` names without being there or being unique.
  private static let script = """
    import sys, json, xml.etree.ElementTree as tree
    found = []
    for document in json.load(open(sys.argv[1])):
        root = tree.fromstring(document)
        ids = [e.get("id") for e in root.iter() if e.get("id") is not None]
        labels = root.get("aria-labelledby").split()
        found.append(dict(
            name=root.tag, role=root.get("role"), labels=len(labels), lost=[i for i in labels if ids.count(i) != 1],
            title=root[0].text or "", description=root[1].text or "", styles=sum(e.tag.endswith("style") for e in root)))
    print(json.dumps(found))
    """

  private struct Found: Decodable {
    let name: String
    let role: String
    let labels: Int
    let lost: [String]
    let title: String
    let description: String
    let styles: Int
  }

  @Test(.enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func pythonReadsEveryDocument() throws {
    let folder = try TemporaryDirectory()
    let documents = Self.all.flatMap { [$0.svg(.embedded), $0.svg(.standalone)] }
    let file = try folder.write(String(decoding: try JSONEncoder().encode(documents), as: UTF8.self), to: "documents")
    let result = try Outside.runPython(Self.script, [file])
    try #require(result.status == 0, "\(result.standardError)")
    let found = try JSONDecoder().decode([Found].self, from: Data(result.standardOutput.utf8))
    #expect(found.count == documents.count)
    for (index, document) in found.enumerated() {
      #expect(document.name == "{http://www.w3.org/2000/svg}svg" && document.role == "img")
      #expect(document.labels == 2 && document.lost.isEmpty)
      #expect(document.styles == index % 2)
      #expect(document.description.hasSuffix("."))
    }
    #expect(found[0].title == Pictures.ordinary[0].title)
  }

  @Test func everyNumberIsAPlace() throws {
    for picture in Self.all {
      let root = try #require(DrawnElement.root(picture))
      for element in root.all {
        for name in ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "font-size"] {
          guard let text = element.attributes[name] else { continue }
          let decimals = text.split(separator: ".").dropFirst().first?.count ?? 0
          #expect(Double(text)?.isFinite == true && decimals <= 2)
        }
        #expect(element.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
      }
    }
  }

  /// Lines that a frame cuts off aside.
  @Test func nothingIsOutside() throws {
    for picture in Pictures.ordinary + Pictures.hostile {
      let root = try #require(DrawnElement.root(picture))
      let cut = Set(root.all.filter { $0.attributes["clip-path"] != nil }.flatMap(\.all).map(ObjectIdentifier.init))
      for element in root.all where !cut.contains(ObjectIdentifier(element)) {
        for place in element.places {
          #expect((-1...picture.width + 1).contains(place.x), "\(picture.id) \(element.name) \(element.text)")
          #expect((-1...picture.height + 1).contains(place.y), "\(picture.id) \(element.name) \(element.text)")
        }
      }
    }
  }

  /// Pages show pictures at 352 pixels and more, on a screen 390 pixels wide and in the narrowest column.
  @Test func textIsAtLeastElevenPixelsHigh() throws {
    for picture in Self.all {
      let root = try #require(DrawnElement.root(picture))
      #expect(picture.width <= 384)
      #expect(root.all("text").allSatisfy { $0.attributes["font-size"] == nil }, "\(picture.id)")
    }
    #expect(PlotStyle.css.contains("font:12px "))
  }

  @Test func everyClassHasARule() throws {
    let known = Set(
      PlotStyle.css.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") }.flatMap {
        $0.split(separator: ".")
      })
    let plain: Set<String> = ["few"]
    for picture in Pictures.ordinary + Pictures.empty {
      let root = try #require(DrawnElement.root(picture))
      for word in Set(root.all.flatMap(\.classes)) where !plain.contains(word) {
        #expect(known.contains(Substring(word)), "\(word)")
      }
    }
  }

  @Test func onlyAFileHasAStyleASizeAndAPaper() throws {
    let picture = Picture(id: "1 a", width: 100, height: 50.126, title: "A", description: "B.", body: SVG())
    let page = try #require(DrawnElement.root(picture.svg(.embedded)))
    #expect(page.attributes["viewBox"] == "0 0 100 50.13" && page.attributes["width"] == nil)
    #expect(page.children.map(\.name) == ["title", "desc"])
    #expect(page.attributes["aria-labelledby"] == "plot-1-a-title plot-1-a-desc")
    let file = try #require(DrawnElement.root(picture.svg(.standalone)))
    #expect(file["width"] == 100 && file["height"] == 50.13)
    #expect(file.children.map(\.name) == ["title", "desc", "style", "rect"])
    #expect(file.all("style")[0].text.contains(PlotStyle.css))
  }
}
