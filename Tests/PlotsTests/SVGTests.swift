import Plots
import Testing

@Suite("The elements of SVG") struct SVGTests {
  @Test(arguments: [
    (0, "0"), (-0.0, "0"), (1, "1"), (1.5, "1.5"), (-2.25, "-2.25"), (0.05, "0.05"), (0.004, "0"), (-0.004, "0"),
    (2.999, "3"), (12.345678, "12.35"), (Double.nan, "0"), (.infinity, "0"), (1e300, "1000000"), (-1e300, "-1000000"),
  ])
  func numbers(_ value: Double, _ text: String) { #expect(SVG.number(value) == text) }

  @Test func textIsEscaped() {
    #expect(SVG.escaped("a < b & \"c\" > 'd'") == "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;")
    #expect(SVG.escaped("a\nb\tc\rd") == "a b c d")
    #expect(SVG.escaped("a\nb\tc\rd <", keepsLines: true) == "a\nb\tc\rd &lt;")
    // Letters with an accent of their own stay together, and an accent after a sign does not hide it.
    #expect(SVG.escaped("é<\u{301}") == "é&lt;\u{301}")
  }

  /// Of the first and the last of each stretch that XML 1.0 or HTML forbids; their neighbours stay as they are.
  @Test(arguments: [
    0x0, 0x8, 0xB, 0xC, 0xE, 0x1F, 0x7F, 0x9F, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x1FFFF, 0x10FFFE, 0x10FFFF,
  ])
  func codePointsThatNoDocumentMayHold(_ value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    for keepsLines in [false, true] {
      #expect(SVG.escaped("a\(scalar)b", keepsLines: keepsLines) == "a\u{FFFD}b")
    }
  }

  @Test(arguments: [0x20, 0x7E, 0xA0, 0xFDCF, 0xFDF0, 0xFFFD, 0x10000, 0x1FFFD, 0x10FFFD])
  func codePointsNextToThose(_ value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    #expect(SVG.escaped("a\(scalar)b") == "a\(scalar)b")
  }

  @Test(arguments: [
    ("a b", "a-b"), ("", "plot-"), ("3", "plot-3"), ("é", "plot--"), ("loss_1", "loss_1"), ("#x", "plot--x"),
  ])
  func identifiers(_ text: String, _ identifier: String) { #expect(SVG.identifier(text) == identifier) }

  @Test func elementsWithoutAPlaceAreLeftOut() {
    var svg = SVG()
    svg.line(0, .nan, 1, 1, class: "a")
    svg.circle(.infinity, 0, radius: 1, class: "a")
    svg.rectangle(0, 0, width: -1, height: 1, class: "a")
    svg.rectangle(0, 0, width: .nan, height: 1, class: "a")
    svg.text(0, .nan, "a")
    svg.polygon([(0, 0), (.nan, 0), (1, 1)], class: "a")
    svg.polyline([nil, (.nan, 1)], class: "a")
    #expect(svg.text.isEmpty)
  }

  @Test func linesAreBrokenWhereAPointIsMissing() {
    var svg = SVG()
    svg.polyline([(0, 0), (1, 1), nil, (3, 3), (.nan, 4), (5, 5), (6, .infinity), nil, (8, 8), (9, 9.5)], class: "a")
    #expect(
      svg.text == """
        <polyline points="0,0 1,1" class="line a"/>
        <circle cx="3" cy="3" r="2.5" class="dot a"/>
        <circle cx="5" cy="5" r="2.5" class="dot a"/>
        <polyline points="8,8 9,9.5" class="line a"/>

        """)
  }

  @Test func longTextIsShortenedWithItsWholeInATooltip() throws {
    var svg = SVG()
    svg.label(0, 0, "WALKING_DOWNSTAIRS", width: 60)
    svg.label(0, 0, "LAYING", width: 60)
    let root = try #require(DrawnElement.root("<svg>\(svg.text)</svg>"))
    let texts = root.all("text")
    #expect(texts[0].text.hasPrefix("WALK") && texts[0].text.hasSuffix("…"))
    #expect(TextWidth.of(texts[0].text) <= 60)
    #expect(texts[0].all("title").map(\.text) == ["WALKING_DOWNSTAIRS"])
    #expect(texts[1].text == "LAYING" && texts[1].children.isEmpty)
    #expect(TextWidth.shortened("abc", to: 0) == "…")
  }

  @Test func titlesAreWrappedAtSpaces() {
    let lines = TextWidth.wrapped("one two  three four", to: TextWidth.of("one two"), size: 12, lines: 3)
    #expect(lines == ["one two", "three", "four"])
    let cut = TextWidth.wrapped("one two three four", to: TextWidth.of("one two"), size: 12, lines: 2)
    #expect(cut.count == 2 && cut[1].hasPrefix("three") && cut[1].hasSuffix("…"))
    #expect(TextWidth.wrapped(" ", to: 10, size: 12, lines: 2).isEmpty)
  }
}
