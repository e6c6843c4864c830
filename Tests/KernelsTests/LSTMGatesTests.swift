import Kernels
import Testing

/// The gates' forward and backward kernels against the formulas in double precision.
@Suite struct LSTMGatesTests {
  static let units = [1, 4, 5, 7, 8, 15, 16, 17, 33, 100]

  @Test(arguments: KernelSet.Name.supported, units)
  func forward(_ name: KernelSet.Name, units: Int) throws {
    let table = try KernelSet(name).table
    for (activation, recurrent) in LSTMGateCase.activations {
      for hasPrevious in [false, true] {
        let step = LSTMGateCase(
          units: units, activation: activation, recurrentActivation: recurrent, hasPrevious: hasPrevious)
        let before = step.makeArrays(seed: 1)
        let after = step.makeArrays(seed: 1)
        table.lstmGatesForward(step.arguments(after))
        for (gate, state) in step.places {
          let z = (0..<4).map { Double(before.gates.address[gate + $0 * units]) }
          let i = recurrent.exact(z[0]), f = recurrent.exact(z[1]), g = activation.exact(z[2]),
            o = recurrent.exact(z[3])
          let cell = i * g + (hasPrevious ? f * Double(before.previousCell.address[state]) : 0)
          for (index, value) in [i, f, g, o].enumerated() {
            #expect(isNear(after.gates.address[gate + index * units], value))
          }
          #expect(isNear(after.cell.address[state], cell))
          #expect(isNear(after.activatedCell.address[state], activation.exact(cell)))
          #expect(isNear(after.hidden.address[state], o * activation.exact(cell)))
        }
        expectOnlyUnitsWritten(step, before, after)
        #expect(after.cellGradient.bits == before.cellGradient.bits)
      }
    }
  }

  @Test(arguments: KernelSet.Name.supported, units)
  func backward(_ name: KernelSet.Name, units: Int) throws {
    let table = try KernelSet(name).table
    for (activation, recurrent) in LSTMGateCase.activations {
      for hasPrevious in [false, true] {
        let step = LSTMGateCase(
          units: units, activation: activation, recurrentActivation: recurrent, hasPrevious: hasPrevious)
        let before = step.makeArrays(seed: 2)
        table.lstmGatesForward(step.arguments(before))
        let after = before.copies()
        table.lstmGatesBackward(step.arguments(after))
        for (gate, state) in step.places {
          let value = (0..<4).map { Double(before.gates.address[gate + $0 * units]) }
          let dh = Double(before.hidden.address[state])
          let activated = Double(before.activatedCell.address[state])
          let previous = hasPrevious ? Double(before.previousCell.address[state]) : 0
          let dc = Double(before.cellGradient.address[state]) + dh * value[3] * activation.slope(at: activated)
          let expected = [
            dc * value[2] * recurrent.slope(at: value[0]), dc * previous * recurrent.slope(at: value[1]),
            dc * value[0] * activation.slope(at: value[2]), dh * activated * recurrent.slope(at: value[3]),
          ]
          for (index, value) in expected.enumerated() {
            #expect(isNear(after.gates.address[gate + index * units], value))
          }
          #expect(isNear(after.cellGradient.address[state], dc * value[1]))
        }
        expectOnlyUnitsWritten(step, before, after)
        #expect(after.cell.bits == before.cell.bits && after.activatedCell.bits == before.activatedCell.bits)
        #expect(after.hidden.bits == before.hidden.bits)
      }
    }
  }

  /// A handful of roundings of numbers of the order of ten.
  private func isNear(_ found: Float, _ expected: Double) -> Bool {
    abs(Double(found) - expected) <= 2e-6 * max(1, abs(expected))
  }

  private func expectOnlyUnitsWritten(_ step: LSTMGateCase, _ before: LSTMGateCase.Arrays, _ after: LSTMGateCase.Arrays)
  {
    let gates = Set(step.places.flatMap { place in (0..<4).map { place.gate + $0 * step.units } })
    let states = Set(step.places.map(\.state))
    #expect(
      before.gates.bits.indices.allSatisfy { gates.contains($0) || before.gates.bits[$0] == after.gates.bits[$0] })
    for (old, new) in Swift.zip(before.states, after.states) {
      let (old, new) = (old.bits, new.bits)
      #expect(old.indices.allSatisfy { states.contains($0) || old[$0] == new[$0] })
    }
    for written in [after.gates] + after.states { #expect(written.bandsAreUntouched) }
  }
}

extension LSTMGateCase.Arrays {
  fileprivate var states: [GuardedFloats] { [previousCell, cell, activatedCell, hidden, cellGradient] }

  fileprivate func copies() -> LSTMGateCase.Arrays {
    LSTMGateCase.Arrays(
      gates: GuardedFloats(gates.array), previousCell: GuardedFloats(previousCell.array),
      cell: GuardedFloats(cell.array),
      activatedCell: GuardedFloats(activatedCell.array), hidden: GuardedFloats(hidden.array),
      cellGradient: GuardedFloats(cellGradient.array))
  }
}

extension Activation {
  /// f(x) in double precision.
  fileprivate func exact(_ x: Double) -> Double {
    switch self {
    case .linear: x
    case .relu: max(0, x)
    case .tanh: ElementFunction.hyperbolicTangent.exact(x)
    case .sigmoid: ElementFunction.logistic.exact(x)
    case .hardSigmoid: min(1, max(0, Double(0.2 as Float) * x + 0.5))
    case .keras3HardSigmoid: min(1, max(0, Double(1 / 6 as Float) * x + 0.5))
    case .softmax: .nan  // no function of one number, and no gate's
    }
  }

  /// f'(x) where f(x) = y.
  fileprivate func slope(at y: Double) -> Double {
    switch self {
    case .linear: 1
    case .relu: y > 0 ? 1 : 0
    case .tanh: 1 - y * y
    case .sigmoid: y * (1 - y)
    case .hardSigmoid: y > 0 && y < 1 ? Double(0.2 as Float) : 0
    case .keras3HardSigmoid: y > 0 && y < 1 ? Double(1 / 6 as Float) : 0
    case .softmax: .nan
    }
  }
}
