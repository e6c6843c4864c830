// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// Packs as ``pack`` does, but rows of bf16 in pairs: panels stand one behind the other, each `[⌈totalDepth / 2⌉, its columns]`.
@_alwaysEmitIntoClient @inline(never)
public func mixedPack<I: InstructionSet>(_: I.Type, _ p: borrowing PackArguments) {
  let layout = PackedLayout(columns: p.columns, width: I.width, panelVectors: I.panelVectors)
  let block = threadBlock
  for panel in 0..<layout.panels {
    let first = layout.firstColumn(ofPanel: panel)
    let width = layout.firstColumn(ofPanel: panel + 1) - first
    let target = p.packed + first * ((p.totalDepth + 1) / 2)
    var row = 0
    while row < p.depth {
      let depth = p.firstDepth + row
      let isUpper = depth % 2 == 1
      let rows = isUpper ? 1 : min(16, p.depth - row)
      packRows(
        p, from: p.source + (first * p.columnStride + row * p.depthStride), depth: rows,
        valid: min(width, p.columns - first), into: block, width: width)
      for k in stride(from: 0, to: rows, by: 2) {
        let low = block + k * width
        let words = target + (depth + k) / 2 * width
        let isLastAlone = p.totalDepth == depth + k + 1 && !isUpper
        if k + 1 < rows || isLastAlone {
          for n in stride(from: 0, to: width, by: I.width) {
            I.store(I.pairsBF16(low: I.load(low + n), high: k + 1 < rows ? I.load(low + width + n) : I.zero), words + n)
          }
        } else {
          // The other halves are another part's, and may be another thread's.
          let halves = UnsafeMutableRawPointer(words)
          for n in 0..<width {
            halves.storeBytes(
              of: UInt16(truncatingIfNeeded: bf16(low[n])), toByteOffset: 4 * n + (isUpper ? 2 : 0), as: UInt16.self)
          }
        }
      }
      row += rows
    }
  }
}
