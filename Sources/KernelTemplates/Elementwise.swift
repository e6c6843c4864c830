// Kernels that pass once over arrays. Counts need not be multiples of a vector.

/// y = f(x) for every element.
@_alwaysEmitIntoClient @inline(__always)
func map<I: InstructionSet>(
  _: I.Type, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int, _ f: (I.Vector) -> I.Vector
) {
  var i = 0
  while i + I.width <= count {
    I.store(f(I.load(x + i)), y + i)
    i += I.width
  }
  if i < count { I.store(f(I.load(x + i, first: count - i)), first: count - i, y + i) }
}

/// z = f(x, y) for every element.
@_alwaysEmitIntoClient @inline(__always)
func zip<I: InstructionSet>(
  _: I.Type, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ z: UnsafeMutablePointer<Float>, _ count: Int,
  _ f: (I.Vector, I.Vector) -> I.Vector
) {
  var i = 0
  while i + I.width <= count {
    I.store(f(I.load(x + i), I.load(y + i)), z + i)
    i += I.width
  }
  if i < count {
    I.store(
      f(I.load(x + i, first: count - i), I.load(y + i, first: count - i)), first: count - i, z + i)
  }
}

/// y = exp(x), logistic(x), tanh(x)…: the functions by themselves, for tests and single vectors.
@_alwaysEmitIntoClient @inline(__always)
public func activate<I: InstructionSet>(
  _: I.Type, _ function: ElementFunction, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int
) {
  switch function {
  case .exponential: map(I.self, x, y, count) { I.exponential($0) }
  case .logistic: map(I.self, x, y, count) { I.logistic($0) }
  case .hyperbolicTangent: map(I.self, x, y, count) { I.hyperbolicTangent($0) }
  }
}

/// A function of ``activate(_:_:_:_:_:)``.
public enum ElementFunction: Sendable, CaseIterable {
  case exponential, logistic, hyperbolicTangent
}

/// Sends the gradient of a maximum to the first of the rows that holds it, and zero to the other.
@_alwaysEmitIntoClient @inline(__always)
public func maximumBackward<I: InstructionSet>(
  _: I.Type, first x: UnsafePointer<Float>, second y: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
  firstGradient: UnsafeMutablePointer<Float>, secondGradient: UnsafeMutablePointer<Float>, count: Int
) {
  var i = 0
  while i < count {
    let left = count - i
    let a = I.load(x + i, first: left)
    let b = I.load(y + i, first: left)
    let gradient = I.load(outputGradient + i, first: left)
    I.store(b.selecting(whereGreaterThan: a, I.zero, otherwise: gradient), first: left, firstGradient + i)
    I.store(b.selecting(whereGreaterThan: a, gradient, otherwise: I.zero), first: left, secondGradient + i)
    i += I.width
  }
}

/// Softmax of each row of `columns` logits, in place: e^(x - max) / Σ, summed from the first column to the last.
@_alwaysEmitIntoClient @inline(__always)
public func softmax<I: InstructionSet>(
  _: I.Type, _ x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, rowStride: Int
) {
  for row in 0..<rows {
    let x = x + row * rowStride
    var greatest = x[0]
    for column in 0..<columns where x[column] > greatest { greatest = x[column] }
    map(I.self, x, x, columns) { I.exponential($0 - I.Vector(repeating: greatest)) }
    var sum: Float = 0
    for column in 0..<columns { sum += x[column] }
    for column in 0..<columns { x[column] /= sum }
  }
}
