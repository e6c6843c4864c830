package import Kernels
import SystemSupport

/// A kernel at a size that the networks really have, for a shard of four windows: what is run again and again to be measured.
package struct KernelWorkload: Sendable {
  /// In tables and thresholds.
  package let name: String
  private let make: @Sendable (KernelSet) -> () -> Void

  /// One call of the kernel, on memory that it keeps.
  package func prepared(_ set: KernelSet) -> () -> Void { make(set) }

  package static let all: [KernelWorkload] =
    [
      product("lstm step", rows: 4, depth: 109, columns: 400),
      product("lstm hidden gradient", rows: 4, depth: 400, columns: 100),
      product("cnn-lstm convolution", rows: 4 * 112, depth: 192, columns: 64),
      product("cnn-lstm input", rows: 16, depth: 896, columns: 400),
      product("conv-lstm recurrent", rows: 120, depth: 192, columns: 256),
      product("conv-lstm dense", rows: 4, depth: 1920, columns: 100),
    ] + Transform.allCases.map(winograd) + [packing, columnSums, lstmGates(backward: false), lstmGates(backward: true)]
    + ElementFunction.allCases.map(element) + [adam(count: 54_720)]

  /// C `[rows, columns]` = A · B over `depth`.
  private static func product(_ name: String, rows: Int, depth: Int, columns: Int) -> KernelWorkload {
    KernelWorkload(name: "product \(name)") { set in
      let columns = set.paddedColumns(columns)
      let a = AlignedBuffer(count: rows * depth)
      let b = AlignedBuffer(count: set.packedCount(depth: depth, columns: columns))
      let c = AlignedBuffer(count: rows * columns)
      return {
        set.table.product(
          ProductArguments(
            rows: rows, columns: columns, depth: depth, a: a.address, aRowStride: depth, b: b.address, c: c.address,
            cRowStride: columns))
      }
    }
  }

  private enum Transform: String, CaseIterable {
    case input, output, outputGradient = "output gradient", inputGradient = "input gradient"
    case filterGradient = "filter gradient"
  }

  /// A Winograd transform of a step of the convolutional LSTM: 4 windows of 30 positions, 80 channels at a time.
  private static func winograd(_ transform: Transform) -> KernelWorkload {
    KernelWorkload(name: "winograd \(transform.rawValue)") { set in
      let (sequences, channels, tiles) = (4, 80, 8)
      let positions = AlignedBuffer(count: sequences * 32 * channels + 16)
      let transformed = AlignedBuffer(count: 6 * sequences * tiles * channels)
      return {
        let arguments = WinogradArguments(
          sequences: sequences, channels: channels, tileCount: tiles, positions: positions.address,
          sequenceStride: 32 * channels, positionStride: channels, positionCount: 30, tiles: transformed.address,
          pointStride: sequences * tiles * channels, tileStride: channels)
        switch transform {
        case .input: set.table.winogradInput(arguments)
        case .output: set.table.winogradOutput(arguments)
        case .outputGradient: set.table.winogradOutputGradient(arguments)
        case .inputGradient: set.table.winogradInputGradient(arguments)
        case .filterGradient:
          set.table.winogradFilterGradient(
            32, channels, transformed.address, 32 * channels, channels, positions.address, 32 * channels, channels)
        }
      }
    }
  }

  /// The transpose of the LSTM's recurrent kernel.
  private static let packing = KernelWorkload(name: "packing transposed") { set in
    let source = AlignedBuffer(count: 400 * 100)
    let packed = AlignedBuffer(count: set.packedCount(depth: 400, columns: 100))
    return {
      set.pack(source.address, depthStride: 1, columnStride: 400, depth: 400, columns: 100, into: packed.address)
    }
  }

  /// A step of the LSTM for 4 windows.
  private static func lstmGates(backward: Bool) -> KernelWorkload {
    KernelWorkload(name: "lstm gates \(backward ? "backward" : "forward")") { set in
      let (rows, units, stride) = (4, 100, 112)
      let gates = AlignedBuffer(count: rows * 4 * stride)
      let states = (0..<5).map { _ in AlignedBuffer(count: rows * stride) }
      return {
        let arguments = LSTMGateArguments(
          groups: 1, rows: rows, units: units, gates: gates.address, gatesGroupStride: 0, gatesRowStride: 4 * stride,
          previousCell: states[0].address, cell: states[1].address, activatedCell: states[2].address,
          cellGroupStride: 0, cellRowStride: stride, hidden: states[3].address, hiddenGroupStride: 0,
          hiddenRowStride: stride, cellGradient: states[4].address, activation: .tanh, recurrentActivation: .sigmoid)
        if backward { set.table.lstmGatesBackward(arguments) } else { set.table.lstmGatesForward(arguments) }
      }
    }
  }

  /// The bias's gradient of the convolutional LSTM: 4 windows × 4 steps of 30 positions.
  private static let columnSums = KernelWorkload(name: "column sums conv-lstm") { set in
    let (columns, segments, depth) = (256, 16, 30)
    let b = AlignedBuffer(count: segments * depth * columns)
    let sum = AlignedBuffer(count: columns)
    return {
      set.table.columnSums(
        ColumnSumArguments(
          columns: columns, segments: segments, depth: depth, b: b.address, bSegmentStride: depth * columns,
          bDepthStride: columns, sum: sum.address))
    }
  }

  private static func element(_ function: ElementFunction) -> KernelWorkload {
    KernelWorkload(name: "\(function)") { set in
      let x = AlignedBuffer(count: 400)
      let y = AlignedBuffer(count: 400)
      for index in 0..<400 { x.address[index] = Float(index % 100 - 50) * 0.08 }
      return { set.table.activate(function, x.address, y.address, 400) }
    }
  }

  /// An update of as many parameters as the LSTM has.
  private static func adam(count: Int) -> KernelWorkload {
    KernelWorkload(name: "adam") { set in
      let buffers = (0..<4).map { _ in AlignedBuffer(count: count) }
      for index in 0..<count { buffers[3].address[index] = Float(index % 100 - 50) * 0.01 }
      return {
        set.table.adam(
          AdamArguments(
            count: count, parameters: buffers[0].address, firstMoment: buffers[1].address,
            secondMoment: buffers[2].address, gradient: buffers[3].address, gradientScale: 1, stepSize: 0.001,
            beta1: 0.9, beta2: 0.999, epsilon: 1e-7))
      }
    }
  }
}
