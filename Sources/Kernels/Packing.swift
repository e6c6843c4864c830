extension KernelSet {
  /// Packs rows `firstDepth ..< firstDepth + depth` of a matrix B `[totalDepth, columns]` into panels: see `PackArguments`.
  package func pack(
    _ source: UnsafePointer<Float>, taps: TapWeights? = nil, depthStride: Int, columnStride: Int, depth: Int,
    columns: Int, into packed: UnsafeMutablePointer<Float>, firstDepth: Int = 0, totalDepth: Int? = nil
  ) {
    table.pack(
      PackArguments(
        source: source, taps: taps, depthStride: depthStride, columnStride: columnStride, depth: depth,
        columns: columns, packed: packed, firstDepth: firstDepth, totalDepth: totalDepth ?? depth))
  }
}
