import ArgumentParser
import Kernels
import SystemSupport

/// GFLOP/s of the product kernel at the shapes of the three models, with its share of the peak measured in the same run.
struct KernelBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Products at the models' shapes, and the activations, for every kernel set.")

  @Option(help: "Repetitions of each measurement; the best counts.")
  var repetitions = 15

  /// A product that a model does: C [rows, columns] over `depth` for a shard of `samples`.
  private struct Shape {
    let name: String
    let depth: Int
    let columns: Int
    /// Rows of C per sample: time steps or positions that go into one product.
    let rowsPerSample: Int
  }

  /// Weight gradients: C is the kernel itself and the sum runs over the shard's rows.
  private struct GradientShape {
    let name: String
    let rows: Int
    let columns: Int
    let depthPerSample: Int
  }

  private static let shapes = [
    Shape(name: "lstm step", depth: 109, columns: 400, rowsPerSample: 1),
    Shape(name: "lstm hidden gradient", depth: 400, columns: 100, rowsPerSample: 1),
    Shape(name: "cnn-lstm conv 1", depth: 27, columns: 64, rowsPerSample: 30 * 4),
    Shape(name: "cnn-lstm conv 2", depth: 192, columns: 64, rowsPerSample: 28 * 4),
    Shape(name: "cnn-lstm input", depth: 896, columns: 400, rowsPerSample: 4),
    Shape(name: "cnn-lstm input gradient", depth: 400, columns: 896, rowsPerSample: 4),
    Shape(name: "conv-lstm input", depth: 27, columns: 256, rowsPerSample: 30),
    Shape(name: "conv-lstm recurrent", depth: 192, columns: 256, rowsPerSample: 30),
    Shape(name: "conv-lstm hidden gradient", depth: 768, columns: 64, rowsPerSample: 30),
    Shape(name: "conv-lstm dense", depth: 1920, columns: 100, rowsPerSample: 1),
  ]

  private static let gradientShapes = [
    GradientShape(name: "lstm weights (32 steps)", rows: 110, columns: 400, depthPerSample: 32),
    GradientShape(name: "cnn-lstm conv 2 weights", rows: 192, columns: 64, depthPerSample: 28 * 4),
    GradientShape(name: "cnn-lstm lstm weights", rows: 997, columns: 400, depthPerSample: 4),
    GradientShape(name: "conv-lstm recurrent weights", rows: 192, columns: 256, depthPerSample: 90),
  ]

  func run() {
    for set in KernelSet.supported {
      let peak = PeakMeasurement.gigaflops(of: set)
      print("\n\(set.name.rawValue): peak \(rounded(peak)) GFLOP/s on one core, \(processorName())")
      print("product".padded(30) + [4, 8, 16, 32, 64].map { cell("\($0) rows", 16) }.joined())
      for shape in Self.shapes {
        let cells = [4, 8, 16, 32, 64].map { samples in
          text(product(set, rows: samples * shape.rowsPerSample, shape.depth, shape.columns), peak)
        }
        print(shape.name.padded(30) + cells.joined())
      }
      for shape in Self.gradientShapes {
        let cells = [4, 8, 16, 32, 64].map { samples in
          text(gradient(set, shape, depth: samples * shape.depthPerSample), peak)
        }
        print(shape.name.padded(30) + cells.joined())
      }
      activations(set)
    }
  }

  private func text(_ gigaflops: Double, _ peak: Double) -> String {
    cell("\(rounded(gigaflops)) (\(rounded(100 * gigaflops / peak)) %)", 16)
  }

  private func product(_ set: KernelSet, rows: Int, _ depth: Int, _ columns: Int) -> Double {
    let a = AlignedBuffer(count: rows * depth)
    let b = AlignedBuffer(count: set.packedCount(depth: depth, columns: columns))
    let c = AlignedBuffer(count: rows * set.paddedColumns(columns))
    let arguments = ProductArguments(
      rows: rows, columns: set.computedColumns(columns), depth: depth, a: a.address, aRowStride: depth, b: b.address,
      c: c.address, cRowStride: set.paddedColumns(columns))
    return measure(2 * rows * depth * columns) { set.table.product(arguments) }
  }

  private func gradient(_ set: KernelSet, _ shape: GradientShape, depth: Int) -> Double {
    let aStride = (shape.rows + 15) / 16 * 16
    let a = AlignedBuffer(count: depth * aStride)
    let b = AlignedBuffer(count: depth * shape.columns)
    let c = AlignedBuffer(count: shape.rows * shape.columns)
    var arguments = ProductArguments(
      rows: shape.rows, columns: shape.columns, depth: depth, a: a.address, aRowStride: 1, b: b.address, c: c.address,
      cRowStride: shape.columns)
    arguments.aDepthStride = aStride
    arguments.bDepthStride = shape.columns
    return measure(2 * shape.rows * depth * shape.columns) { set.table.product(arguments) }
  }

  private func measure(_ operations: Int, _ body: () -> Void) -> Double {
    let inner = max(1, 20_000_000 / operations)
    return Double(operations) / Timing(repetitions: repetitions, inner: inner, body).best * 1e-9
  }

  private func activations(_ set: KernelSet) {
    let count = 4096
    let x = AlignedBuffer(count: count)
    let y = AlignedBuffer(count: count)
    for i in 0..<count { x.address[i] = Float(i % 200 - 100) * 0.08 }
    for function in ElementFunction.allCases {
      let best = Timing(repetitions: repetitions, inner: 50) {
        set.table.activate(function, x.address, y.address, count)
      }.best
      print("\(function)".padded(30) + cell("\(rounded(best * 1e12 / Double(count))) ps per element", 32))
    }
  }

  private func rounded(_ x: Double) -> Int { Int(x.rounded()) }
}

extension String {
  /// The text with blanks up to a width.
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
