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

/// c = f·c' + i·g, a = f(c), h = o·a for one row whose gates are activated. F stands here once, so that it is inlined for the tail too.
@_alwaysEmitIntoClient @inline(never)
func cellRowForward<I: InstructionSet, F: ActivationFunction>(
  _: I.Type, _: F.Type, gates: UnsafePointer<Float>, units: Int, previousCell: UnsafePointer<Float>?,
  cell: UnsafeMutablePointer<Float>, activatedCell: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>
) {
  var unit = 0
  while unit < units {
    let gate = gates + unit
    var state = I.load(gate) * I.load(gate + 2 * units)
    if let previousCell { state = I.multiplyAdd(state, I.load(gate + units), I.load(previousCell + unit)) }
    let activated = F.value(I.self, state)
    let left = units - unit
    I.blend(state, first: left, cell + unit)
    I.blend(activated, first: left, activatedCell + unit)
    I.blend(I.load(gate + 3 * units) * activated, first: left, hidden + unit)
    unit += I.width
  }
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

/// The backward step of one row.
@_alwaysEmitIntoClient @inline(never)
func cellRowBackward<I: InstructionSet, F: ActivationFunction, S: ActivationFunction>(
  _: I.Type, _: F.Type, _: S.Type, gates: UnsafeMutablePointer<Float>, units: Int,
  previousCell: UnsafePointer<Float>?, activatedCell: UnsafePointer<Float>, hiddenGradient: UnsafePointer<Float>,
  cellGradient: UnsafeMutablePointer<Float>
) {
  var unit = 0
  while unit < units {
    let gate = gates + unit
    let inputGate = I.load(gate)
    let forgetGate = I.load(gate + units)
    let candidate = I.load(gate + 2 * units)
    let outputGate = I.load(gate + 3 * units)
    let activated = I.load(activatedCell + unit)
    let ofHidden = I.load(hiddenGradient + unit)
    let ofCell = I.multiplyAdd(
      I.load(cellGradient + unit), ofHidden * outputGate, F.derivative(I.self, fromValue: activated))
    let previous = previousCell.map { I.load($0 + unit) } ?? I.zero
    let left = units - unit
    I.blend(ofCell * candidate * S.derivative(I.self, fromValue: inputGate), first: left, gate)
    I.blend(ofCell * previous * S.derivative(I.self, fromValue: forgetGate), first: left, gate + units)
    I.blend(ofCell * inputGate * F.derivative(I.self, fromValue: candidate), first: left, gate + 2 * units)
    I.blend(ofHidden * activated * S.derivative(I.self, fromValue: outputGate), first: left, gate + 3 * units)
    I.blend(ofCell * forgetGate, first: left, cellGradient + unit)
    unit += I.width
  }
}

/// The gradients of the pre-activations and of the previous cell state.
@_alwaysEmitIntoClient @inline(never)
func lstmGatesBackward<I: InstructionSet, F: ActivationFunction, S: ActivationFunction>(
  _: I.Type, _: F.Type, _: S.Type, _ p: borrowing LSTMGateArguments
) {
  for group in 0..<p.groups {
    for row in 0..<p.rows {
      let offset = group * p.cellGroupStride + row * p.cellRowStride
      cellRowBackward(
        I.self, F.self, S.self, gates: p.gates + (group * p.gatesGroupStride + row * p.gatesRowStride),
        units: p.units, previousCell: p.previousCell.map { $0 + offset }, activatedCell: p.activatedCell + offset,
        hiddenGradient: p.hidden + (group * p.hiddenGroupStride + row * p.hiddenRowStride),
        cellGradient: p.cellGradient! + offset)
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
