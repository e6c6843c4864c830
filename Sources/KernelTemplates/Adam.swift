// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

/// A step of Adam on a range of the parameters; gradient, g, v, m and p are `count` floats.
///
/// Kingma & Ba (2015), in the form of Keras (https://keras.io/api/optimizers/adam/):
/// m += (g - m)(1 - β1); v += (g² - v)(1 - β2); p -= m · α / (√v + ε), α = lr · √(1 - β2^t) / (1 - β1^t).
public struct AdamArguments {
  public var count: Int
  public var parameters: UnsafeMutablePointer<Float>
  public var firstMoment: UnsafeMutablePointer<Float>
  public var secondMoment: UnsafeMutablePointer<Float>
  public var gradient: UnsafePointer<Float>
  /// A factor of the gradient (clipping by norm), 1 for none.
  public var gradientScale: Float
  /// α of the formula.
  public var stepSize: Float
  public var beta1: Float
  public var beta2: Float
  public var epsilon: Float

  public init(
    count: Int, parameters: UnsafeMutablePointer<Float>, firstMoment: UnsafeMutablePointer<Float>,
    secondMoment: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, gradientScale: Float, stepSize: Float,
    beta1: Float, beta2: Float, epsilon: Float
  ) {
    self.count = count
    self.parameters = parameters
    self.firstMoment = firstMoment
    self.secondMoment = secondMoment
    self.gradient = gradient
    self.gradientScale = gradientScale
    self.stepSize = stepSize
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }
}

/// Updates the range; its arrays reach to a whole vector.
@_alwaysEmitIntoClient @inline(never)
public func adam<I: InstructionSet>(_: I.Type, _ p: borrowing AdamArguments) {
  let keep1 = I.Vector(repeating: 1 - p.beta1)
  let keep2 = I.Vector(repeating: 1 - p.beta2)
  let scale = I.Vector(repeating: p.gradientScale)
  let stepSize = I.Vector(repeating: p.stepSize)
  let epsilon = I.Vector(repeating: p.epsilon)
  var i = 0
  while i < p.count {
    let gradient = I.load(p.gradient + i) * scale
    var first = I.load(p.firstMoment + i)
    var second = I.load(p.secondMoment + i)
    first = I.multiplyAdd(first, gradient - first, keep1)
    second = I.multiplyAdd(second, gradient * gradient - second, keep2)
    I.store(first, p.firstMoment + i)
    I.store(second, p.secondMoment + i)
    let step = first * stepSize / (I.squareRoot(second) + epsilon)
    I.store(I.load(p.parameters + i) - step, p.parameters + i)
    i += I.width
  }
}

/// sum[i] = Σ over shards of shard[i], from the first shard to the last, or `continues` the sum that is there; `count` reaches to a
/// whole vector.
@_alwaysEmitIntoClient @inline(__always)
public func reduceShards<I: InstructionSet>(
  _: I.Type, _ shards: UnsafePointer<Float>, shardStride: Int, shardCount: Int, sum: UnsafeMutablePointer<Float>,
  count: Int, continues: Bool
) {
  var i = 0
  while i < count {
    var total = I.load(continues ? UnsafePointer(sum + i) : shards + i)
    for shard in (continues ? 0 : 1)..<max(shardCount, 1) { total = total + I.load(shards + (shard * shardStride + i)) }
    I.store(total, sum + i)
    i += I.width
  }
}
