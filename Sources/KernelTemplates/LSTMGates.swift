// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// The gates of an LSTM step, dense or convolutional, for `groups × rows` rows of `units` units.
///
/// A row of `gates` is `[i | f | c | o]`, each `units` wide (the order of Keras's kernels). All arrays belong to one thread and
/// may be read one vector beyond their last row.
/// - Hochreiter & Schmidhuber (1997), Gers et al. (2000); gate order and activations as in https://keras.io/api/layers/recurrent_layers/lstm/
public struct LSTMGateArguments {
  public var groups: Int
  public var rows: Int
  public var units: Int
  /// Pre-activations in, activated gates out (forward); activated gates in, their gradients out (backward).
  public var gates: UnsafeMutablePointer<Float>
  public var gatesGroupStride: Int
  public var gatesRowStride: Int
  /// The cell state before the step; nil for zeros.
  public var previousCell: UnsafePointer<Float>?
  /// The cell state after the step.
  public var cell: UnsafeMutablePointer<Float>
  /// f(cell), kept for the backward pass.
  public var activatedCell: UnsafeMutablePointer<Float>
  /// Of the three arrays above and of `cellGradient`, as is `cellRowStride`.
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

  public init(
    groups: Int, rows: Int, units: Int, gates: UnsafeMutablePointer<Float>, gatesGroupStride: Int, gatesRowStride: Int,
    previousCell: UnsafePointer<Float>?, cell: UnsafeMutablePointer<Float>, activatedCell: UnsafeMutablePointer<Float>,
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
    self.previousCell = previousCell
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

/// x = f(x) for `count` floats of one thread's memory.
///
/// Never inlined, like the other parts of a step: past a certain size of the caller the compiler stops inlining vector operations
/// and passes vectors in parts.
@_alwaysEmitIntoClient @inline(never)
func applyInPlace<I: InstructionSet, F: ActivationFunction>(
  _: I.Type, _: F.Type, _ x: UnsafeMutablePointer<Float>, count: Int
) {
  var i = 0
  while i + I.width <= count {
    I.store(F.value(I.self, I.load(x + i)), x + i)
    i += I.width
  }
  if i < count { I.blend(F.value(I.self, I.load(x + i)), first: count - i, x + i) }
}

/// c = f·c' + i·g, a = f(c), h = o·a for a vector of units whose gates are activated.
@_alwaysEmitIntoClient @inline(__always)
func cellForward<I: InstructionSet, F: ActivationFunction>(
  _: I.Type, _: F.Type, gates: UnsafePointer<Float>, units: Int, previousCell: UnsafePointer<Float>?
) -> (cell: I.Vector, activated: I.Vector, hidden: I.Vector) {
  var cell = I.load(gates) * I.load(gates + 2 * units)
  if let previousCell { cell = I.multiplyAdd(cell, I.load(gates + units), I.load(previousCell)) }
  let activated = F.value(I.self, cell)
  return (cell, activated, I.load(gates + 3 * units) * activated)
}

/// The states of one row from its activated gates.
@_alwaysEmitIntoClient @inline(never)
func cellRowForward<I: InstructionSet, F: ActivationFunction>(
  _: I.Type, _: F.Type, gates: UnsafePointer<Float>, units: Int, previousCell: UnsafePointer<Float>?,
  cell: UnsafeMutablePointer<Float>, activatedCell: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>
) {
  var unit = 0
  while unit + I.width <= units {
    let state = cellForward(
      I.self, F.self, gates: gates + unit, units: units, previousCell: previousCell.map { $0 + unit })
    I.store(state.cell, cell + unit)
    I.store(state.activated, activatedCell + unit)
    I.store(state.hidden, hidden + unit)
    unit += I.width
  }
  guard unit < units else { return }
  let state = cellForward(
    I.self, F.self, gates: gates + unit, units: units, previousCell: previousCell.map { $0 + unit })
  I.blend(state.cell, first: units - unit, cell + unit)
  I.blend(state.activated, first: units - unit, activatedCell + unit)
  I.blend(state.hidden, first: units - unit, hidden + unit)
}

/// i, f, o = σ(z), g = f(z), c = f·c' + i·g, h = o·f(c).
@_alwaysEmitIntoClient @inline(never)
func lstmGatesForward<I: InstructionSet, F: ActivationFunction, S: ActivationFunction>(
  _: I.Type, _: F.Type, _: S.Type, _ p: borrowing LSTMGateArguments
) {
  for group in 0..<p.groups {
    for row in 0..<p.rows {
      let gates = p.gates + (group * p.gatesGroupStride + row * p.gatesRowStride)
      let offset = group * p.cellGroupStride + row * p.cellRowStride
      applyInPlace(I.self, S.self, gates, count: 2 * p.units)
      applyInPlace(I.self, F.self, gates + 2 * p.units, count: p.units)
      applyInPlace(I.self, S.self, gates + 3 * p.units, count: p.units)
      cellRowForward(
        I.self, F.self, gates: gates, units: p.units, previousCell: p.previousCell.map { $0 + offset },
        cell: p.cell + offset, activatedCell: p.activatedCell + offset,
        hidden: p.hidden + (group * p.hiddenGroupStride + row * p.hiddenRowStride))
    }
  }
}

/// A vector's worth of a row in the backward step.
@_alwaysEmitIntoClient @inline(__always)
func lstmGatesBackward<I: InstructionSet, F: ActivationFunction, S: ActivationFunction>(
  _: I.Type, _: F.Type, _: S.Type, units: Int, unit: Int, count: Int, gates: UnsafeMutablePointer<Float>,
  previousCell: UnsafePointer<Float>?, activatedCell: UnsafePointer<Float>, hiddenGradient: UnsafePointer<Float>,
  cellGradient: UnsafeMutablePointer<Float>
) {
  let inputGate = I.load(gates + unit)
  let forgetGate = I.load(gates + (units + unit))
  let candidate = I.load(gates + (2 * units + unit))
  let outputGate = I.load(gates + (3 * units + unit))
  let activated = I.load(activatedCell + unit)
  let ofHidden = I.load(hiddenGradient + unit)
  let ofCell = I.multiplyAdd(
    I.load(cellGradient + unit), ofHidden * outputGate, F.derivative(I.self, fromValue: activated))
  let previous = previousCell.map { I.load($0 + unit) } ?? I.zero
  I.blend(ofCell * candidate * S.derivative(I.self, fromValue: inputGate), first: count, gates + unit)
  I.blend(ofCell * previous * S.derivative(I.self, fromValue: forgetGate), first: count, gates + (units + unit))
  I.blend(ofCell * inputGate * F.derivative(I.self, fromValue: candidate), first: count, gates + (2 * units + unit))
  I.blend(ofHidden * activated * S.derivative(I.self, fromValue: outputGate), first: count, gates + (3 * units + unit))
  I.blend(ofCell * forgetGate, first: count, cellGradient + unit)
}

/// The gradients of the pre-activations and of the previous cell state.
@_alwaysEmitIntoClient @inline(never)
func lstmGatesBackward<I: InstructionSet, F: ActivationFunction, S: ActivationFunction>(
  _: I.Type, _: F.Type, _: S.Type, _ p: borrowing LSTMGateArguments
) {
  let whole = p.units / I.width * I.width
  for group in 0..<p.groups {
    for row in 0..<p.rows {
      let gates = p.gates + (group * p.gatesGroupStride + row * p.gatesRowStride)
      let offset = group * p.cellGroupStride + row * p.cellRowStride
      let hidden = p.hidden + (group * p.hiddenGroupStride + row * p.hiddenRowStride)
      let previous = p.previousCell.map { $0 + offset }
      var unit = 0
      while unit < whole {
        lstmGatesBackward(
          I.self, F.self, S.self, units: p.units, unit: unit, count: I.width, gates: gates, previousCell: previous,
          activatedCell: p.activatedCell + offset, hiddenGradient: hidden, cellGradient: p.cellGradient! + offset)
        unit += I.width
      }
      if unit < p.units {
        lstmGatesBackward(
          I.self, F.self, S.self, units: p.units, unit: unit, count: p.units - unit, gates: gates,
          previousCell: previous,
          activatedCell: p.activatedCell + offset, hiddenGradient: hidden, cellGradient: p.cellGradient! + offset)
      }
    }
  }
}

/// The forward or the backward kernel for two activations.
@_alwaysEmitIntoClient @inline(__always)
func lstmGates<I: InstructionSet, F: ActivationFunction, S: ActivationFunction>(
  _: I.Type, _: F.Type, _: S.Type, backward: Bool, _ p: borrowing LSTMGateArguments
) {
  if backward {
    lstmGatesBackward(I.self, F.self, S.self, p)
  } else {
    lstmGatesForward(I.self, F.self, S.self, p)
  }
}

/// Calls the kernel compiled for the arguments' two activations.
@_alwaysEmitIntoClient @inline(__always)
public func lstmGates<I: InstructionSet>(_: I.Type, backward: Bool, _ p: borrowing LSTMGateArguments) {
  switch (p.activation, p.recurrentActivation) {
  case (.tanh, .sigmoid): lstmGates(I.self, Tanh.self, Sigmoid.self, backward: backward, p)
  case (.tanh, .hardSigmoid): lstmGates(I.self, Tanh.self, HardSigmoid.self, backward: backward, p)
  case (.tanh, .keras3HardSigmoid): lstmGates(I.self, Tanh.self, Keras3HardSigmoid.self, backward: backward, p)
  case (.relu, .sigmoid): lstmGates(I.self, Relu.self, Sigmoid.self, backward: backward, p)
  case (.relu, .hardSigmoid): lstmGates(I.self, Relu.self, HardSigmoid.self, backward: backward, p)
  case (.relu, .keras3HardSigmoid): lstmGates(I.self, Relu.self, Keras3HardSigmoid.self, backward: backward, p)
  default: preconditionFailure("no gate kernel for these activations")
  }
}
