// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// Public because `@_alwaysEmitIntoClient` asks for it; nothing here is for users.

// The same few lines for each width: on a concrete type every one of them is an instruction or two.

extension SIMD4: BitVector where Scalar == UInt32 {}

extension SIMD4: FloatVector where Scalar == Float {
  public typealias Bits = SIMD4<UInt32>

  @_alwaysEmitIntoClient
  public static var lanes: Self { @inline(__always) get { Self(0, 1, 2, 3) } }

  @_alwaysEmitIntoClient @inline(__always)
  public func fusedAdding(_ a: Self, _ b: Self) -> Self { addingProduct(a, b) }

  @_alwaysEmitIntoClient @inline(__always)
  public func selecting(whereGreaterThan other: Self, _ greater: Self, otherwise: Self) -> Self {
    otherwise.replacing(with: greater, where: self .> other)
  }
}

extension SIMD8: BitVector where Scalar == UInt32 {}

extension SIMD8: FloatVector where Scalar == Float {
  public typealias Bits = SIMD8<UInt32>

  @_alwaysEmitIntoClient
  public static var lanes: Self { @inline(__always) get { Self(0, 1, 2, 3, 4, 5, 6, 7) } }

  @_alwaysEmitIntoClient @inline(__always)
  public func fusedAdding(_ a: Self, _ b: Self) -> Self { addingProduct(a, b) }

  @_alwaysEmitIntoClient @inline(__always)
  public func selecting(whereGreaterThan other: Self, _ greater: Self, otherwise: Self) -> Self {
    otherwise.replacing(with: greater, where: self .> other)
  }
}

extension SIMD16: BitVector where Scalar == UInt32 {}

extension SIMD16: FloatVector where Scalar == Float {
  public typealias Bits = SIMD16<UInt32>

  @_alwaysEmitIntoClient
  public static var lanes: Self { @inline(__always) get { Self(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) } }

  @_alwaysEmitIntoClient @inline(__always)
  public func fusedAdding(_ a: Self, _ b: Self) -> Self { addingProduct(a, b) }

  @_alwaysEmitIntoClient @inline(__always)
  public func selecting(whereGreaterThan other: Self, _ greater: Self, otherwise: Self) -> Self {
    otherwise.replacing(with: greater, where: self .> other)
  }
}
