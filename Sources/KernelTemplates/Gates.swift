/// The gates of an LSTM step, dense or convolutional, for `groups × rows` rows of `units` units.
///
/// A row of `gates` is `[i | f | c | o]`, each `units` wide (the order of Keras's kernels). All arrays belong to one thread and
/// may be read one vector beyond their last row.
/// - Hochreiter & Schmidhuber (1997), Gers et al. (2000); gate order and activations as in https://keras.io/api/layers/recurrent_layers/lstm/
public struct GateArguments {
  /// Groups of rows, rows in a group, units in a row.
  public var groups: Int
  public var rows: Int
  public var units: Int
  /// Pre-activations in, activated gates out (forward); activated gates in, their gradients out (backward).
  public var gates: UnsafeMutablePointer<Float>
  public var gatesGroupStride: Int
  public var gatesRowStride: Int
  /// The cell state before the step; nil for zeros.
  public var formerCell: UnsafePointer<Float>?
  /// The cell state after the step.
  public var cell: UnsafeMutablePointer<Float>
  /// f(cell), kept for the backward pass.
  public var activatedCell: UnsafeMutablePointer<Float>
  /// The strides of the three arrays above and of `cellGradient`.
  public var cellGroupStride: Int
  public var cellRowStride: Int
  /// The hidden state (forward: out) or its gradient (backward: in).
  public var hidden: UnsafeMutablePointer<Float>
  public var hiddenGroupStride: Int
  public var hiddenRowStride: Int
  /// Backward: in, the gradient of the cell state from the step after; out, that for the step before.
  public var cellGradient: UnsafeMutablePointer<Float>?
  /// The function of candidate and output (tanh or relu).
  public var activation: Activation
  /// The function of the three gates.
  public var recurrentActivation: Activation

  /// Memberwise.
  public init(
    groups: Int, rows: Int, units: Int, gates: UnsafeMutablePointer<Float>, gatesGroupStride: Int, gatesRowStride: Int,
    formerCell: UnsafePointer<Float>?, cell: UnsafeMutablePointer<Float>, activatedCell: UnsafeMutablePointer<Float>,
    cellGroupStride: Int, cellRowStride: Int, hidden: UnsafeMutablePointer<Float>, hiddenGroupStride: Int,
    hiddenRowStride: Int, cellGradient: UnsafeMutablePointer<Float>?, activation: Activation,
    recurrentActivation: Activation
  ) {
    self.groups = groups
    self.rows = rows
    self.units = units
    self.gates = gates
    self.gatesGroupStride = gatesGroupStride
    self.gatesRowStride = gatesRowStride
    self.formerCell = formerCell
    self.cell = cell
    self.activatedCell = activatedCell
    self.cellGroupStride = cellGroupStride
    self.cellRowStride = cellRowStride
    self.hidden = hidden
    self.hiddenGroupStride = hiddenGroupStride
    self.hiddenRowStride = hiddenRowStride
    self.cellGradient = cellGradient
    self.activation = activation
    self.recurrentActivation = recurrentActivation
  }
}

/// i, f, o = σ(z), g = f(z), c = f·c' + i·g, h = o·f(c).
@_alwaysEmitIntoClient @inline(__always)
func gatesForward<I: InstructionSet, F: ActivationFunction, S: ActivationFunction>(
  _: I.Type, _: F.Type, _: S.Type, _ p: borrowing GateArguments
) {
  for group in 0..<p.groups {
    for row in 0..<p.rows {
      let gates = p.gates + group * p.gatesGroupStride + row * p.gatesRowStride
      let cellOffset = group * p.cellGroupStride + row * p.cellRowStride
      let hidden = p.hidden + group * p.hiddenGroupStride + row * p.hiddenRowStride
      var unit = 0
      while unit < p.units {
        let count = p.units - unit
        let inputGate = S.value(I.self, I.load(gates + unit))
        let forgetGate = S.value(I.self, I.load(gates + p.units + unit))
        let candidate = F.value(I.self, I.load(gates + 2 * p.units + unit))
        let outputGate = S.value(I.self, I.load(gates + 3 * p.units + unit))
        var cell = inputGate * candidate
        if let former = p.formerCell {
          cell = I.multiplyAdd(cell, forgetGate, I.load(former + cellOffset + unit))
        }
        let activated = F.value(I.self, cell)
        I.blend(inputGate, first: count, gates + unit)
        I.blend(forgetGate, first: count, gates + p.units + unit)
        I.blend(candidate, first: count, gates + 2 * p.units + unit)
        I.blend(outputGate, first: count, gates + 3 * p.units + unit)
        I.blend(cell, first: count, p.cell + cellOffset + unit)
        I.blend(activated, first: count, p.activatedCell + cellOffset + unit)
        I.blend(outputGate * activated, first: count, hidden + unit)
        unit += I.width
      }
    }
  }
}

/// The gradients of the pre-activations and of the former cell state.
@_alwaysEmitIntoClient @inline(__always)
func gatesBackward<I: InstructionSet, F: ActivationFunction, S: ActivationFunction>(
  _: I.Type, _: F.Type, _: S.Type, _ p: borrowing GateArguments
) {
  for group in 0..<p.groups {
    for row in 0..<p.rows {
      let gates = p.gates + group * p.gatesGroupStride + row * p.gatesRowStride
      let cellOffset = group * p.cellGroupStride + row * p.cellRowStride
      let hidden = p.hidden + group * p.hiddenGroupStride + row * p.hiddenRowStride
      var unit = 0
      while unit < p.units {
        let count = p.units - unit
        let inputGate = I.load(gates + unit)
        let forgetGate = I.load(gates + p.units + unit)
        let candidate = I.load(gates + 2 * p.units + unit)
        let outputGate = I.load(gates + 3 * p.units + unit)
        let activated = I.load(p.activatedCell + cellOffset + unit)
        let hiddenGradient = I.load(hidden + unit)
        let cellGradient = I.multiplyAdd(
          I.load(p.cellGradient! + cellOffset + unit), hiddenGradient * outputGate,
          F.derivative(I.self, fromValue: activated))
        let former =
          p.formerCell.map { I.load($0 + cellOffset + unit) } ?? I.zero
        I.blend(
          cellGradient * candidate * S.derivative(I.self, fromValue: inputGate), first: count, gates + unit)
        I.blend(
          cellGradient * former * S.derivative(I.self, fromValue: forgetGate), first: count,
          gates + p.units + unit)
        I.blend(
          cellGradient * inputGate * F.derivative(I.self, fromValue: candidate), first: count,
          gates + 2 * p.units + unit)
        I.blend(
          hiddenGradient * activated * S.derivative(I.self, fromValue: outputGate), first: count,
          gates + 3 * p.units + unit)
        I.blend(cellGradient * forgetGate, first: count, p.cellGradient! + cellOffset + unit)
        unit += I.width
      }
    }
  }
}

/// The forward or the backward kernel for two activations.
@_alwaysEmitIntoClient @inline(__always)
func gates<I: InstructionSet, F: ActivationFunction, S: ActivationFunction>(
  _: I.Type, _: F.Type, _: S.Type, backward: Bool, _ p: borrowing GateArguments
) {
  if backward {
    gatesBackward(I.self, F.self, S.self, p)
  } else {
    gatesForward(I.self, F.self, S.self, p)
  }
}

/// Calls the kernel compiled for the arguments' two activations.
@_alwaysEmitIntoClient @inline(__always)
public func gates<I: InstructionSet>(_: I.Type, backward: Bool, _ p: borrowing GateArguments) {
  switch (p.activation, p.recurrentActivation) {
  case (.tanh, .sigmoid): gates(I.self, Tanh.self, Sigmoid.self, backward: backward, p)
  case (.tanh, .hardSigmoid): gates(I.self, Tanh.self, HardSigmoid.self, backward: backward, p)
  case (.tanh, .keras3HardSigmoid): gates(I.self, Tanh.self, Keras3HardSigmoid.self, backward: backward, p)
  case (.relu, .sigmoid): gates(I.self, Relu.self, Sigmoid.self, backward: backward, p)
  case (.relu, .hardSigmoid): gates(I.self, Relu.self, HardSigmoid.self, backward: backward, p)
  case (.relu, .keras3HardSigmoid): gates(I.self, Relu.self, Keras3HardSigmoid.self, backward: backward, p)
  default: preconditionFailure("no gate kernel for these activations")
  }
}
