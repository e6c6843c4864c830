// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

// The same few lines for each width: on a concrete type every one of them is an instruction or two.

extension SIMD4: FloatVector where Scalar == Float {
  @_alwaysEmitIntoClient @inline(__always)
  public func fusedAdding(_ a: Self, _ b: Self) -> Self { addingProduct(a, b) }

  @_alwaysEmitIntoClient
  public var reciprocalRootEstimate: Self {
    @inline(__always) get {
      let halved = unsafeBitCast(self, to: SIMD4<UInt32>.self) &>> SIMD4<UInt32>(repeating: 1)
      return unsafeBitCast(SIMD4<UInt32>(repeating: 0x5f37_59df) &- halved, to: Self.self)
    }
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func selecting(whereGreaterThan other: Self, _ greater: Self, otherwise: Self) -> Self {
    otherwise.replacing(with: greater, where: self .> other)
  }

  @_alwaysEmitIntoClient
  public var negativeMagnitude: Self {
    @inline(__always) get {
      unsafeBitCast(unsafeBitCast(self, to: SIMD4<UInt32>.self) | SIMD4<UInt32>(repeating: 0x8000_0000), to: Self.self)
    }
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func withSign(of other: Self) -> Self {
    let sign = SIMD4<UInt32>(repeating: 0x8000_0000)
    let magnitude = unsafeBitCast(self, to: SIMD4<UInt32>.self) & SIMD4<UInt32>(repeating: 0x7fff_ffff)
    return unsafeBitCast(magnitude | (unsafeBitCast(other, to: SIMD4<UInt32>.self) & sign), to: Self.self)
  }

  @_alwaysEmitIntoClient
  public var powerOfTwoOfShifted: Self {
    @inline(__always) get {
      let biased = unsafeBitCast(self, to: SIMD4<UInt32>.self) &+ SIMD4<UInt32>(repeating: 127)
      return unsafeBitCast(biased &<< SIMD4<UInt32>(repeating: 23), to: Self.self)
    }
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func blended(with value: Self, first count: Int) -> Self {
    let lanes = SIMD4<Int32>(0, 1, 2, 3)
    return replacing(with: value, where: lanes .< SIMD4<Int32>(repeating: Int32(truncatingIfNeeded: count)))
  }
}

extension SIMD8: FloatVector where Scalar == Float {
  @_alwaysEmitIntoClient @inline(__always)
  public func fusedAdding(_ a: Self, _ b: Self) -> Self { addingProduct(a, b) }

  @_alwaysEmitIntoClient
  public var reciprocalRootEstimate: Self {
    @inline(__always) get {
      let halved = unsafeBitCast(self, to: SIMD8<UInt32>.self) &>> SIMD8<UInt32>(repeating: 1)
      return unsafeBitCast(SIMD8<UInt32>(repeating: 0x5f37_59df) &- halved, to: Self.self)
    }
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func selecting(whereGreaterThan other: Self, _ greater: Self, otherwise: Self) -> Self {
    otherwise.replacing(with: greater, where: self .> other)
  }

  @_alwaysEmitIntoClient
  public var negativeMagnitude: Self {
    @inline(__always) get {
      unsafeBitCast(unsafeBitCast(self, to: SIMD8<UInt32>.self) | SIMD8<UInt32>(repeating: 0x8000_0000), to: Self.self)
    }
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func withSign(of other: Self) -> Self {
    let sign = SIMD8<UInt32>(repeating: 0x8000_0000)
    let magnitude = unsafeBitCast(self, to: SIMD8<UInt32>.self) & SIMD8<UInt32>(repeating: 0x7fff_ffff)
    return unsafeBitCast(magnitude | (unsafeBitCast(other, to: SIMD8<UInt32>.self) & sign), to: Self.self)
  }

  @_alwaysEmitIntoClient
  public var powerOfTwoOfShifted: Self {
    @inline(__always) get {
      let biased = unsafeBitCast(self, to: SIMD8<UInt32>.self) &+ SIMD8<UInt32>(repeating: 127)
      return unsafeBitCast(biased &<< SIMD8<UInt32>(repeating: 23), to: Self.self)
    }
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func blended(with value: Self, first count: Int) -> Self {
    let lanes = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7)
    return replacing(with: value, where: lanes .< SIMD8<Int32>(repeating: Int32(truncatingIfNeeded: count)))
  }
}

extension SIMD16: FloatVector where Scalar == Float {
  @_alwaysEmitIntoClient @inline(__always)
  public func fusedAdding(_ a: Self, _ b: Self) -> Self { addingProduct(a, b) }

  @_alwaysEmitIntoClient
  public var reciprocalRootEstimate: Self {
    @inline(__always) get {
      let halved = unsafeBitCast(self, to: SIMD16<UInt32>.self) &>> SIMD16<UInt32>(repeating: 1)
      return unsafeBitCast(SIMD16<UInt32>(repeating: 0x5f37_59df) &- halved, to: Self.self)
    }
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func selecting(whereGreaterThan other: Self, _ greater: Self, otherwise: Self) -> Self {
    otherwise.replacing(with: greater, where: self .> other)
  }

  @_alwaysEmitIntoClient
  public var negativeMagnitude: Self {
    @inline(__always) get {
      unsafeBitCast(
        unsafeBitCast(self, to: SIMD16<UInt32>.self) | SIMD16<UInt32>(repeating: 0x8000_0000), to: Self.self)
    }
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func withSign(of other: Self) -> Self {
    let sign = SIMD16<UInt32>(repeating: 0x8000_0000)
    let magnitude = unsafeBitCast(self, to: SIMD16<UInt32>.self) & SIMD16<UInt32>(repeating: 0x7fff_ffff)
    return unsafeBitCast(magnitude | (unsafeBitCast(other, to: SIMD16<UInt32>.self) & sign), to: Self.self)
  }

  @_alwaysEmitIntoClient
  public var powerOfTwoOfShifted: Self {
    @inline(__always) get {
      let biased = unsafeBitCast(self, to: SIMD16<UInt32>.self) &+ SIMD16<UInt32>(repeating: 127)
      return unsafeBitCast(biased &<< SIMD16<UInt32>(repeating: 23), to: Self.self)
    }
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func blended(with value: Self, first count: Int) -> Self {
    let lanes = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    return replacing(with: value, where: lanes .< SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: count)))
  }
}
