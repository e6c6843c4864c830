/// A finished drawing: SVG for a page that has `PlotStyle.css`, or for a file by itself.
public struct Picture: Sendable {
  /// Where the SVG goes.
  public enum Form: Sendable {
    /// Into an HTML page, which has the style once and whose width the picture takes.
    case embedded
    /// Into a file of its own, with the style and a background.
    case standalone
  }

  /// Begins the `id`s of the elements that are referred to, so it must be unique in a page.
  package let id: String
  /// In user units; text is 12 units high.
  package let width: Double
  /// In user units.
  package let height: Double
  /// The name for screen readers.
  package let title: String
  /// One sentence that says what the picture shows, for readers who don't see it.
  package let description: String
  /// The elements inside.
  let body: SVG

  /// Memberwise, but that characters which may not be in an `id` are replaced.
  package init(id: String, width: Double, height: Double, title: String, description: String, body: SVG) {
    self.id = SVG.identifier(id)
    self.width = width
    self.height = height
    self.title = title
    self.description = description
    self.body = body
  }

  /// The document's text: an `svg` element, with neither an XML declaration nor a document type.
  public func svg(_ form: Form) -> String {
    let (width, height) = (SVG.number(width), SVG.number(height))
    let size = form == .standalone ? " width=\"\(width)\" height=\"\(height)\"" : ""
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" class="plot"\(size) viewBox="0 0 \(width) \(height)" role="img" \
      aria-labelledby="\(id)-title \(id)-desc">
      <title id="\(id)-title">\(SVG.escaped(title))</title>
      <desc id="\(id)-desc">\(SVG.escaped(description))</desc>

      """
    if form == .standalone {
      // The rules hold "<" and "&" nowhere, so they are XML as they are.
      text += "<style>\n\(PlotStyle.css)</style>\n"
      text += "<rect class=\"paper\" width=\"\(width)\" height=\"\(height)\"/>\n"
    }
    return text + body.text + "</svg>\n"
  }
}
