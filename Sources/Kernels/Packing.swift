extension KernelSet {
  /// Packs steps `firstStep ..< firstStep + steps` of a matrix B `[totalSteps, columns]` into panels.
  ///
  /// Element (k, n) of the part is `source[k · stepStride + n · columnStride]`; columns past the last are packed as zeros.
  /// Panels stand one behind the other, each `[totalSteps, its columns]`.
  public func pack(
    _ source: UnsafePointer<Float>, stepStride: Int, columnStride: Int, steps: Int, columns: Int,
    into packed: UnsafeMutablePointer<Float>, firstStep: Int = 0, totalSteps: Int? = nil
  ) {
    let totalSteps = totalSteps ?? steps
    let layout = PackedLayout(columns: columns, width: table.width, panelVectors: table.panelVectors)
    for panel in 0..<layout.panels {
      let first = layout.firstVector(ofPanel: panel) * table.width
      let width = layout.firstVector(ofPanel: panel + 1) * table.width - first
      let valid = min(width, columns - first)
      let base = packed + first * totalSteps + firstStep * width
      if columnStride == 1 {
        for k in 0..<steps {
          let target = base + k * width
          target.update(from: source + k * stepStride + first, count: valid)
          for n in valid..<width { target[n] = 0 }
        }
      } else {
        packTransposed(
          source + first * columnStride, stepStride: stepStride, columnStride: columnStride, steps: steps, valid: valid,
          width: width, into: base)
      }
    }
  }

  /// Packs one panel column-wise, sixteen steps at a time so that the panel's lines stay in the first-level cache.
  private func packTransposed(
    _ source: UnsafePointer<Float>, stepStride: Int, columnStride: Int, steps: Int, valid: Int, width: Int,
    into base: UnsafeMutablePointer<Float>
  ) {
    var firstStep = 0
    while firstStep < steps {
      let end = min(firstStep + 16, steps)
      for n in 0..<valid {
        let column = source + n * columnStride
        for k in firstStep..<end { base[k * width + n] = column[k * stepStride] }
      }
      for k in firstStep..<end { for n in valid..<width { base[k * width + n] = 0 } }
      firstStep = end
    }
  }
}
