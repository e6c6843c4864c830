// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// How the columns of a matrix are cut into panels of a few vectors: as even as can be, none wider than the tile.
public struct PackedLayout: Sendable {
  public let width: Int
  public let vectors: Int
  public let panels: Int

  @_alwaysEmitIntoClient @inline(__always)
  public init(columns: Int, width: Int, panelVectors: Int) {
    self.width = width
    vectors = (columns + width - 1) / width
    panels = (vectors + panelVectors - 1) / panelVectors
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func firstVector(ofPanel panel: Int) -> Int { panel * vectors / panels }

  @_alwaysEmitIntoClient @inline(__always)
  public func firstColumn(ofPanel panel: Int) -> Int { firstVector(ofPanel: panel) * width }
}
