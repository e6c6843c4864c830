package import Kernels
package import SystemSupport

/// Kingma & Ba, "Adam" (2015), bias-corrected as https://keras.io/api/optimizers/adam/ does it: m and v follow the gradient and its
/// square, and the parameters move by stepSize · m / (√v + ε).
package struct Adam: Sendable {
  /// What a step is scaled by; Keras's defaults.
  package struct Settings: Sendable, Equatable {
    package var beta1: Float
    package var beta2: Float
    package var epsilon: Float

    package init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
    }
  }

  private let settings: Settings
  private let kernels: KernelSet
  /// The running means of the gradient (m) and of its square (v), at the offsets of the parameters.
  package let firstMoment: AlignedBuffer
  package let secondMoment: AlignedBuffer

  /// Moments of zero for a buffer of `count` parameters.
  package init(_ settings: Settings, kernels: KernelSet, count: Int) {
    self.settings = settings
    self.kernels = kernels
    firstMoment = AlignedBuffer(count: count)
    secondMoment = AlignedBuffer(count: count)
  }

  /// rate · √(1 - β2^t) / (1 - β1^t) of step t (from 1), in floats as Keras has it.
  package func stepSize(rate: Float, step: Int) -> Float {
    let corrections = biasCorrections(step: step)
    return rate * corrections.second.squareRoot() / corrections.first
  }

  /// What the moments of step t (from 1) are to be divided by: 1 - β1^t and 1 - β2^t.
  package func biasCorrections(step: Int) -> (first: Float, second: Float) {
    (1 - Self.power(settings.beta1, step), 1 - Self.power(settings.beta2, step))
  }

  private static func power(_ base: Float, _ exponent: Int) -> Float {
    var result: Float = 1
    var (factor, rest) = (base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }

  /// One step for a range of the parameters, by their gradient times `gradientScale`.
  package func update(
    _ range: Range<Int>, of parameters: AlignedBuffer, gradient: AlignedBuffer, gradientScale: Float, stepSize: Float
  ) {
    let first = range.lowerBound
    kernels.table.adam(
      AdamArguments(
        count: range.count, parameters: parameters.address + first, firstMoment: firstMoment.address + first,
        secondMoment: secondMoment.address + first, gradient: gradient.address + first, gradientScale: gradientScale,
        stepSize: stepSize, beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon))
  }
}
