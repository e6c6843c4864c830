// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// The gates of a GRU step whose reset comes after the product, for `rows` rows of `units` units.
///
/// A row of `inputGates` is `[z | r | h]`, each `units` wide: x · kernel + bias; a row of `recurrentGates` the same of h' · recurrentKernel + bias.
/// All arrays belong to one thread and may be read one vector beyond their last row.
/// - Cho et al. (2014); gate order and the two biases as in https://keras.io/api/layers/recurrent_layers/gru/ (`reset_after`)
public struct GRUGateArguments {
  public var rows: Int
  public var units: Int
  /// Forward: pre-activations in, activated gates z, r and candidate out. Backward: those in, gradients of the pre-activations out.
  public var inputGates: UnsafeMutablePointer<Float>
  /// Forward: in, and left as they are. Backward: in as they were, gradients of the pre-activations out.
  public var recurrentGates: UnsafeMutablePointer<Float>
  /// Of both.
  public var gatesRowStride: Int
  public var previousHidden: UnsafePointer<Float>
  public var previousHiddenRowStride: Int
  /// Forward: out, the hidden state. Backward: in, its gradient; out, the part of the previous state's gradient that does not go through
  /// the recurrent kernel.
  public var hidden: UnsafeMutablePointer<Float>
  public var hiddenRowStride: Int

  public init(
    rows: Int, units: Int, inputGates: UnsafeMutablePointer<Float>, recurrentGates: UnsafeMutablePointer<Float>,
    gatesRowStride: Int, previousHidden: UnsafePointer<Float>, previousHiddenRowStride: Int,
    hidden: UnsafeMutablePointer<Float>, hiddenRowStride: Int
  ) {
    self.rows = rows
    self.units = units
    self.inputGates = inputGates
    self.recurrentGates = recurrentGates
    self.gatesRowStride = gatesRowStride
    self.previousHidden = previousHidden
    self.previousHiddenRowStride = previousHiddenRowStride
    self.hidden = hidden
    self.hiddenRowStride = hiddenRowStride
  }
}

/// x = σ(x + y) for `count` floats of one thread's memory. The function stands here once, so that it is inlined for the tail too.
@_alwaysEmitIntoClient @inline(never)
func applyLogisticToSum<I: InstructionSet>(
  _: I.Type, _ x: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, count: Int
) {
  var i = 0
  while i < count {
    I.blend(I.logistic(I.load(x + i) + I.load(y + i)), first: count - i, x + i)
    i += I.width
  }
}

/// The candidates g = tanh(x + r·y) and the hidden states g + z·(h' - g) of one row whose gates z and r are activated.
@_alwaysEmitIntoClient @inline(never)
func gruRowForward<I: InstructionSet>(
  _: I.Type, inputGates: UnsafeMutablePointer<Float>, recurrentGates: UnsafePointer<Float>, units: Int,
  previousHidden: UnsafePointer<Float>, hidden: UnsafeMutablePointer<Float>
) {
  var unit = 0
  while unit < units {
    let gate = inputGates + unit
    let candidate = I.hyperbolicTangent(
      I.multiplyAdd(I.load(gate + 2 * units), I.load(gate + units), I.load(recurrentGates + (2 * units + unit))))
    let state = I.multiplyAdd(candidate, I.load(gate), I.load(previousHidden + unit) - candidate)
    I.blend(candidate, first: units - unit, gate + 2 * units)
    I.blend(state, first: units - unit, hidden + unit)
    unit += I.width
  }
}

/// z, r = σ(x + y), g = tanh(x + r·y), h = z·h' + (1 - z)·g, where x comes from the input and y from the previous hidden state h'.
@_alwaysEmitIntoClient @inline(__always)
public func gruGatesForward<I: InstructionSet>(_: I.Type, _ p: borrowing GRUGateArguments) {
  for row in 0..<p.rows {
    let inputGates = p.inputGates + row * p.gatesRowStride
    let recurrentGates = p.recurrentGates + row * p.gatesRowStride
    applyLogisticToSum(I.self, inputGates, recurrentGates, count: 2 * p.units)
    gruRowForward(
      I.self, inputGates: inputGates, recurrentGates: recurrentGates, units: p.units,
      previousHidden: p.previousHidden + row * p.previousHiddenRowStride, hidden: p.hidden + row * p.hiddenRowStride)
  }
}

/// The backward step of one row.
@_alwaysEmitIntoClient @inline(never)
func gruRowBackward<I: InstructionSet>(
  _: I.Type, units: Int, inputGates: UnsafeMutablePointer<Float>, recurrentGates: UnsafeMutablePointer<Float>,
  previousHidden: UnsafePointer<Float>, hiddenGradient: UnsafeMutablePointer<Float>
) {
  var unit = 0
  while unit < units {
    let inputGate = inputGates + unit
    let recurrentGate = recurrentGates + unit
    let update = I.load(inputGate)
    let reset = I.load(inputGate + units)
    let candidate = I.load(inputGate + 2 * units)
    let recurrentCandidate = I.load(recurrentGate + 2 * units)
    let ofHidden = I.load(hiddenGradient + unit)
    let ofUpdate =
      ofHidden * (I.load(previousHidden + unit) - candidate) * Sigmoid.derivative(I.self, fromValue: update)
    let ofCandidate =
      ofHidden * (I.Vector(repeating: 1) - update) * Tanh.derivative(I.self, fromValue: candidate)
    let ofReset = ofCandidate * recurrentCandidate * Sigmoid.derivative(I.self, fromValue: reset)
    let left = units - unit
    I.blend(ofUpdate, first: left, inputGate)
    I.blend(ofReset, first: left, inputGate + units)
    I.blend(ofCandidate, first: left, inputGate + 2 * units)
    I.blend(ofUpdate, first: left, recurrentGate)
    I.blend(ofReset, first: left, recurrentGate + units)
    I.blend(ofCandidate * reset, first: left, recurrentGate + 2 * units)
    I.blend(ofHidden * update, first: left, hiddenGradient + unit)
    unit += I.width
  }
}

/// The gradients of both pre-activations, and dh·z for the previous hidden state.
@_alwaysEmitIntoClient @inline(__always)
public func gruGatesBackward<I: InstructionSet>(_: I.Type, _ p: borrowing GRUGateArguments) {
  for row in 0..<p.rows {
    gruRowBackward(
      I.self, units: p.units, inputGates: p.inputGates + row * p.gatesRowStride,
      recurrentGates: p.recurrentGates + row * p.gatesRowStride,
      previousHidden: p.previousHidden + row * p.previousHiddenRowStride,
      hiddenGradient: p.hidden + row * p.hiddenRowStride)
  }
}
