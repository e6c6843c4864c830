extension KernelSet {
  /// Packs rows `firstDepth ..< firstDepth + depth` of a matrix B `[totalDepth, columns]` into panels.
  ///
  /// Element (k, n) of the part is `source[k · depthStride + n · columnStride]`; columns past the last are packed as zeros.
  /// Panels stand one behind the other, each `[totalDepth, its columns]`.
  package func pack(
    _ source: UnsafePointer<Float>, depthStride: Int, columnStride: Int, depth: Int, columns: Int,
    into packed: UnsafeMutablePointer<Float>, firstDepth: Int = 0, totalDepth: Int? = nil
  ) {
    let totalDepth = totalDepth ?? depth
    let layout = PackedLayout(columns: columns, width: table.width, panelVectors: table.panelVectors)
    for panel in 0..<layout.panels {
      let first = layout.firstVector(ofPanel: panel) * table.width
      let width = layout.firstVector(ofPanel: panel + 1) * table.width - first
      let valid = min(width, columns - first)
      let base = packed + first * totalDepth + firstDepth * width
      if columnStride == 1 {
        for k in 0..<depth {
          let target = base + k * width
          target.update(from: source + k * depthStride + first, count: valid)
          for n in valid..<width { target[n] = 0 }
        }
      } else {
        packTransposed(
          source + first * columnStride, depthStride: depthStride, columnStride: columnStride, depth: depth,
          valid: valid, width: width, into: base)
      }
    }
  }

  /// Packs one panel column-wise, sixteen rows at a time so that the panel's lines stay in the first-level cache.
  private func packTransposed(
    _ source: UnsafePointer<Float>, depthStride: Int, columnStride: Int, depth: Int, valid: Int, width: Int,
    into base: UnsafeMutablePointer<Float>
  ) {
    var firstDepth = 0
    while firstDepth < depth {
      let end = min(firstDepth + 16, depth)
      for n in 0..<valid {
        let column = source + n * columnStride
        for k in firstDepth..<end { base[k * width + n] = column[k * depthStride] }
      }
      for k in firstDepth..<end { for n in valid..<width { base[k * width + n] = 0 } }
      firstDepth = end
    }
  }
}
