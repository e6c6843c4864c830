import Foundation
import Kernels
import Testing

/// Exponential, logistic function and hyperbolic tangent against double precision, over the whole range of floats.
@Suite struct ElementFunctionTests {
  /// Bounds in units of the last place. Over every float the largest errors, with all sets, are 1.572 (exponential, at
  /// 88.0215), 2.402 (logistic, at -4.1573) and 2.498 (hyperbolic tangent, at 4.5051).
  static func bound(_ function: ElementFunction) -> Double {
    switch function {
    case .exponential: 1.6
    case .logistic: 2.45
    case .hyperbolicTangent: 2.5
    }
  }

  @Test(arguments: KernelSet.Name.supported, ElementFunction.allCases)
  func errorIsBounded(_ name: KernelSet.Name, _ function: ElementFunction) throws {
    let table = try KernelSet(name).table
    let inputs = Self.sweep(stride: 4096) + Self.denseRanges
    let exact = inputs.map { function.exact(Double($0)) }
    for flushed in [false, true] {
      // Without fused multiply-adds, flushing takes a part that is itself below the smallest normal float off a result near it.
      let lost = flushed && !table.fusesMultiplyAdd ? Double(Float.leastNormalMagnitude) : 0
      let found = flushed ? withDenormalsFlushed { table.values(function, inputs) } : table.values(function, inputs)
      let worst = Self.worstError(inputs, found, exact, lost: lost)
      #expect(worst.error <= Self.bound(function), "at \(worst.input), denormals \(flushed ? "flushed" : "kept")")
    }
  }

  @Test(arguments: KernelSet.Name.supported, [false, true])
  func specialValues(_ name: KernelSet.Name, flushed: Bool) throws {
    let table = try KernelSet(name).table
    func value(_ function: ElementFunction, _ x: Float) -> Float {
      (flushed ? withDenormalsFlushed { table.values(function, [x]) } : table.values(function, [x]))[0]
    }
    #expect(value(.exponential, .infinity) == .infinity)
    #expect(value(.exponential, -.infinity) == 0)
    #expect(value(.exponential, 0) == 1)
    #expect(value(.logistic, .infinity) == 1)
    #expect(value(.logistic, -.infinity) == 0)
    #expect(value(.logistic, 0) == 0.5)
    #expect(value(.hyperbolicTangent, .infinity) == 1)
    #expect(value(.hyperbolicTangent, -.infinity) == -1)
    for zero: Float in [0, -0.0] {
      #expect(value(.hyperbolicTangent, zero).bitPattern == zero.bitPattern)
    }
    for function in ElementFunction.allCases {
      #expect(value(function, .nan).isNaN)
      #expect(value(function, -.nan).isNaN)
    }
  }

  @Test(arguments: KernelSet.Name.supported)
  func rangesStayWithinTheirLimits(_ name: KernelSet.Name) throws {
    let table = try KernelSet(name).table
    let inputs = Self.sweep(stride: 65536).filter { !$0.isNaN }
    #expect(table.values(.exponential, inputs).allSatisfy { $0 >= 0 })
    #expect(table.values(.logistic, inputs).allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(table.values(.hyperbolicTangent, inputs).allSatisfy { abs($0) <= 1 })
  }

  /// tanh is computed from the magnitude, so its oddness is exact.
  @Test(arguments: KernelSet.Name.supported)
  func hyperbolicTangentIsOdd(_ name: KernelSet.Name) throws {
    let table = try KernelSet(name).table
    let inputs = Self.sweep(stride: 65536).filter { !$0.isNaN }
    let positive = table.values(.hyperbolicTangent, inputs)
    let negative = table.values(.hyperbolicTangent, inputs.map { -$0 })
    #expect(Swift.zip(positive, negative).allSatisfy { $0.0.bitPattern == (-$0.1).bitPattern })
  }

  /// Every `stride`-th float by bit pattern: all signs, exponents, denormals, infinities and many nans.
  static func sweep(stride step: UInt32) -> [Float] {
    stride(from: 0, through: UInt32.max - step, by: Int(step)).map { Float(bitPattern: $0) }
  }

  /// Neighbouring floats around every point where a function changes its way of computing or reaches a limit.
  static var denseRanges: [Float] {
    let logarithmOf2 = 0.693_147_180_559_945_3
    let halves = (-258...258).map { Float(Double($0) * logarithmOf2 / 2) }
    let edges: [Float] = [
      0, 1, .leastNormalMagnitude, .leastNonzeroMagnitude, 40, 20, 9.01, 10, 16.63, 80, 87.336_55, 88, 88.72, 88.722_84,
      89, 103.97, 104, 168, 1e4, .greatestFiniteMagnitude, 0x1p-12, 0x1p-24, 0.25, 0.5, 0.3466,
    ]
    return (halves + edges + edges.map { -$0 }).flatMap { center in
      (-200...200).map { Float(bitPattern: UInt32(bitPattern: Int32(bitPattern: center.bitPattern) &+ $0)) }
    }
  }

  /// The largest error and its input. Errors of up to `lost` don't count.
  static func worstError(
    _ inputs: [Float], _ found: [Float], _ exact: [Double], lost: Double
  ) -> (input: Float, error: Double) {
    var worst: (input: Float, error: Double) = (0, 0)
    for index in inputs.indices {
      let error = unitsInLastPlace(found[index], from: exact[index])
      if !(error <= worst.error) && !(abs(Double(found[index]) - exact[index]) <= lost) {
        worst = (inputs[index], error)
      }
    }
    return worst
  }
}

extension ElementFunction {
  /// In double precision, none of whose steps loses digits that a float has.
  func exact(_ x: Double) -> Double {
    switch self {
    case .exponential: exp(x)
    case .logistic: 1 / (1 + exp(-x))
    case .hyperbolicTangent: tanh(x)
    }
  }
}

extension KernelTable {
  /// The function of every element.
  func values(_ function: ElementFunction, _ inputs: [Float]) -> [Float] {
    let result = GuardedFloats(count: inputs.count)
    inputs.withUnsafeBufferPointer { activate(function, $0.baseAddress!, result.address, inputs.count) }
    return result.array
  }
}
