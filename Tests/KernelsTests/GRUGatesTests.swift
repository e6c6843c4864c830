import Kernels
import Testing

/// A step of a GRU's gates with all its data: arrays of floats behind one another, each reaching a vector beyond its last row.
struct GRUGateCase {
  static let rows = 3
  let units: Int
  var inputGates, recurrentGates, previousHidden, hidden: GuardedFloats

  init(units: Int, seed: Int) {
    self.units = units
    var random = RandomFloats(seed + units)
    func floats(_ perRow: Int, scale: Double) -> GuardedFloats {
      GuardedFloats(random.uniform(Self.rows * perRow + 16, scale: scale))
    }
    inputGates = floats(3 * units + 3, scale: 3)
    recurrentGates = floats(3 * units + 3, scale: 3)
    previousHidden = floats(units + 2, scale: 1)
    hidden = floats(units + 2, scale: 1)
  }

  var arrays: [GuardedFloats] { [inputGates, recurrentGates, previousHidden, hidden] }

  var arguments: GRUGateArguments {
    GRUGateArguments(
      rows: Self.rows, units: units, inputGates: inputGates.address, recurrentGates: recurrentGates.address,
      gatesRowStride: 3 * units + 3, previousHidden: previousHidden.address, previousHiddenRowStride: units + 2,
      hidden: hidden.address, hiddenRowStride: units + 2)
  }

  /// (index of a unit in the gates' arrays, of the same unit in the others).
  var places: [(gate: Int, state: Int)] {
    (0..<Self.rows).flatMap { row in
      (0..<units).map { (row * (3 * units + 3) + $0, row * (units + 2) + $0) }
    }
  }
}

/// The forward and backward kernels of a GRU's gates against the formulas in double precision.
@Suite struct GRUGatesTests {
  @Test(arguments: KernelSet.Name.supported, LSTMGatesTests.units)
  func forward(_ name: KernelSet.Name, units: Int) throws {
    let (before, after) = (GRUGateCase(units: units, seed: 1), GRUGateCase(units: units, seed: 1))
    try KernelSet(name).table.gruGatesForward(after.arguments)
    for (gate, state) in before.places {
      let x = (0..<3).map { Double(before.inputGates.address[gate + $0 * units]) }
      let y = (0..<3).map { Double(before.recurrentGates.address[gate + $0 * units]) }
      let previous = Double(before.previousHidden.address[state])
      let update = ElementFunction.logistic.exact(x[0] + y[0])
      let reset = ElementFunction.logistic.exact(x[1] + y[1])
      let candidate = ElementFunction.hyperbolicTangent.exact(x[2] + reset * y[2])
      for (index, value) in [update, reset, candidate].enumerated() {
        #expect(isNear(after.inputGates.address[gate + index * units], value))
      }
      #expect(isNear(after.hidden.address[state], update * previous + (1 - update) * candidate))
    }
    expectOnlyUnitsWritten(before, after)
    #expect(after.recurrentGates.bits == before.recurrentGates.bits)
  }

  @Test(arguments: KernelSet.Name.supported, LSTMGatesTests.units)
  func backward(_ name: KernelSet.Name, units: Int) throws {
    let table = try KernelSet(name).table
    let (before, after) = (GRUGateCase(units: units, seed: 2), GRUGateCase(units: units, seed: 2))
    for step in [before, after] { table.gruGatesForward(step.arguments) }
    table.gruGatesBackward(after.arguments)
    for (gate, state) in before.places {
      let value = (0..<3).map { Double(before.inputGates.address[gate + $0 * units]) }
      let (update, reset, candidate) = (value[0], value[1], value[2])
      let recurrent = Double(before.recurrentGates.address[gate + 2 * units])
      let previous = Double(before.previousHidden.address[state])
      let dh = Double(before.hidden.address[state])
      let ofCandidate = dh * (1 - update) * (1 - candidate * candidate)
      let ofUpdate = dh * (previous - candidate) * update * (1 - update)
      let ofReset = ofCandidate * recurrent * reset * (1 - reset)
      for (index, value) in [ofUpdate, ofReset, ofCandidate].enumerated() {
        #expect(isNear(after.inputGates.address[gate + index * units], value))
      }
      for (index, value) in [ofUpdate, ofReset, ofCandidate * reset].enumerated() {
        #expect(isNear(after.recurrentGates.address[gate + index * units], value))
      }
      #expect(isNear(after.hidden.address[state], dh * update))
    }
    expectOnlyUnitsWritten(before, after)
  }

  /// A handful of roundings of numbers of the order of three.
  private func isNear(_ found: Float, _ expected: Double) -> Bool {
    abs(Double(found) - expected) <= 2e-6 * max(1, abs(expected))
  }

  private func expectOnlyUnitsWritten(_ before: GRUGateCase, _ after: GRUGateCase) {
    let gates = Set(before.places.flatMap { place in (0..<3).map { place.gate + $0 * before.units } })
    let states = Set(before.places.map(\.state))
    for (index, pair) in Swift.zip(before.arrays, after.arrays).enumerated() {
      let (old, new) = (pair.0.bits, pair.1.bits)
      let written = index < 2 ? gates : states
      #expect(old.indices.allSatisfy { written.contains($0) || old[$0] == new[$0] })
      #expect(pair.1.bandsAreUntouched)
    }
    #expect(after.previousHidden.bits == before.previousHidden.bits)
  }
}
