import Kernels
import Testing

/// A step of Adam against the same operations on scalars, and against the textbook's in double precision.
@Suite struct AdamTests {
  static let count = 96

  @Test(arguments: KernelSet.Name.supported, [1, 0.25] as [Float])
  func stepsAreTheScalarOperations(_ name: KernelSet.Name, gradientScale: Float) throws {
    let set = try KernelSet(name)
    var state = AdamState(count: Self.count)
    let arrays = state.guarded()
    for step in 1...3 {
      let gradient = GuardedFloats(state.randomGradient())
      let arguments = arrays.arguments(gradient, step: step, gradientScale: gradientScale)
      set.table.adam(arguments)
      state.apply(gradient.array, arguments, fused: set.table.fusesMultiplyAdd)
      #expect(arrays.parameters.bits == state.parameters.map(\.bitPattern))
      #expect(arrays.first.bits == state.first.map(\.bitPattern))
      #expect(arrays.second.bits == state.second.map(\.bitPattern))
      #expect(arrays.parameters.bandsAreUntouched && arrays.first.bandsAreUntouched && arrays.second.bandsAreUntouched)
    }
  }

  /// After a first step from zero moments each parameter has moved by the learning rate against its gradient's sign.
  @Test(arguments: KernelSet.Name.supported)
  func theFirstStepIsTheLearningRate(_ name: KernelSet.Name) throws {
    let set = try KernelSet(name)
    var state = AdamState(count: Self.count)
    state.first = Array(repeating: 0, count: Self.count)
    state.second = Array(repeating: 0, count: Self.count)
    let arrays = state.guarded()
    let gradient = GuardedFloats(state.randomGradient().map { $0 + ($0 < 0 ? -1 : 1) })
    set.table.adam(arrays.arguments(gradient, step: 1, gradientScale: 1))
    for i in 0..<Self.count {
      let moved = arrays.parameters.address[i] - state.parameters[i]
      #expect(abs(moved + (gradient.address[i] < 0 ? -0.001 : 0.001)) < 1e-6)
    }
  }
}

/// Parameters and moments, and Keras's form of the update on them.
private struct AdamState {
  var parameters, first, second: [Float]
  private var random: RandomFloats

  init(count: Int) {
    random = RandomFloats(count)
    parameters = random.uniform(count)
    first = random.uniform(count, scale: 0.1)
    second = random.uniform(count, scale: 0.01).map(abs)
  }

  mutating func randomGradient() -> [Float] { random.uniform(parameters.count) }

  struct Guarded {
    let parameters, first, second: GuardedFloats

    func arguments(_ gradient: GuardedFloats, step: Int, gradientScale: Float) -> AdamArguments {
      let decay1 = (0..<step).reduce(1 as Float) { product, _ in product * 0.9 }
      let decay2 = (0..<step).reduce(1 as Float) { product, _ in product * 0.999 }
      return AdamArguments(
        count: parameters.count, parameters: parameters.address, firstMoment: first.address,
        secondMoment: second.address, gradient: gradient.address, gradientScale: gradientScale,
        stepSize: 0.001 * (1 - decay2).squareRoot() / (1 - decay1), beta1: 0.9, beta2: 0.999, epsilon: 1e-7)
    }
  }

  func guarded() -> Guarded {
    Guarded(parameters: GuardedFloats(parameters), first: GuardedFloats(first), second: GuardedFloats(second))
  }

  mutating func apply(_ gradient: [Float], _ arguments: AdamArguments, fused: Bool) {
    func multiplyAdd(_ sum: Float, _ a: Float, _ b: Float) -> Float { fused ? sum.addingProduct(a, b) : sum + a * b }
    for i in parameters.indices {
      let g = gradient[i] * arguments.gradientScale
      first[i] = multiplyAdd(first[i], g - first[i], 1 - arguments.beta1)
      second[i] = multiplyAdd(second[i], g * g - second[i], 1 - arguments.beta2)
      parameters[i] -= first[i] * arguments.stepSize / (second[i].squareRoot() + arguments.epsilon)
    }
  }
}
