import Kernels

/// A step of an LSTM's gates with all its data.
struct LSTMGateCase: Sendable {
  static let activations: [(Activation, Activation)] = [Activation.tanh, .relu].flatMap { activation in
    [Activation.sigmoid, .hardSigmoid, .keras3HardSigmoid].map { (activation, $0) }
  }

  var units: Int
  var activation: Activation
  var recurrentActivation: Activation
  /// Whether there is a cell state before the step.
  var hasPrevious = true
  static let groups = 2
  static let rows = 3

  /// Arrays of floats behind one another, each reaching a vector beyond its last row.
  struct Arrays {
    var gates, previousCell, cell, activatedCell, hidden, cellGradient: GuardedFloats
  }

  private var gatesRowStride: Int { 4 * units + 3 }
  private var rowStride: Int { units + 2 }
  private var slack: Int { 16 }

  func makeArrays(seed: Int) -> Arrays {
    var random = RandomFloats(seed + units)
    func floats(_ perRow: Int, scale: Double) -> GuardedFloats {
      GuardedFloats(random.uniform(Self.groups * Self.rows * perRow + slack, scale: scale))
    }
    return Arrays(
      gates: floats(gatesRowStride, scale: 4), previousCell: floats(rowStride, scale: 2),
      cell: floats(rowStride, scale: 2), activatedCell: floats(rowStride, scale: 1),
      hidden: floats(rowStride, scale: 1), cellGradient: floats(rowStride, scale: 1))
  }

  func arguments(_ arrays: Arrays) -> LSTMGateArguments {
    LSTMGateArguments(
      groups: Self.groups, rows: Self.rows, units: units, gates: arrays.gates.address,
      gatesGroupStride: Self.rows * gatesRowStride, gatesRowStride: gatesRowStride,
      previousCell: hasPrevious ? UnsafePointer(arrays.previousCell.address) : nil, cell: arrays.cell.address,
      activatedCell: arrays.activatedCell.address, cellGroupStride: Self.rows * rowStride, cellRowStride: rowStride,
      hidden: arrays.hidden.address, hiddenGroupStride: Self.rows * rowStride, hiddenRowStride: rowStride,
      cellGradient: arrays.cellGradient.address, activation: activation, recurrentActivation: recurrentActivation)
  }

  /// (index of a unit in the gates' array, of the same unit in the others).
  var places: [(gate: Int, state: Int)] {
    (0..<(Self.groups * Self.rows)).flatMap { row in
      (0..<units).map { (row * gatesRowStride + $0, row * rowStride + $0) }
    }
  }
}
