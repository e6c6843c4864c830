import Kernels
import Dispatch
for set in KernelSet.supported {
  let peak = PeakMeasurement.gigaflops(of: set)
  print(set.name, "peak", peak)
  for (rows, k, n) in [(4, 109, 400), (4, 400, 100), (8, 109, 400), (30, 192, 256), (30, 768, 64), (16, 896, 400), (16, 400, 896)] {
    let a = AlignedBuffer(count: rows * k), b = AlignedBuffer(count: set.packedCount(steps: k, columns: n)), c = AlignedBuffer(count: rows * (n + 64))
    let args = ProductArguments(rows: rows, columns: set.paddedColumns(n), steps: k, a: a.address, aRowStride: k, b: b.address, c: c.address, cRowStride: set.paddedColumns(n))
    var best = 1e9
    for _ in 0..<20 {
      let s = DispatchTime.now().uptimeNanoseconds
      for _ in 0..<200 { set.table.product(args) }
      best = min(best, Double(DispatchTime.now().uptimeNanoseconds - s) / 200)
    }
    let g = 2 * Double(rows * k * n) / best
    print("  \(rows)x\(k)x\(n): \(Int(g)) GFLOP/s \(Int(100 * g / peak)) %")
  }
  let x = AlignedBuffer(count: 4096), y = AlignedBuffer(count: 4096)
  for f in ElementFunction.allCases {
    var best = 1e9
    for _ in 0..<50 {
      let s = DispatchTime.now().uptimeNanoseconds
      for _ in 0..<10 { set.table.activate(f, x.address, y.address, 4096) }
      best = min(best, Double(DispatchTime.now().uptimeNanoseconds - s) / 40960)
    }
    print("  \(f) \(best) ns/elem")
  }
}
