import CHDF5

/// A Swift number that datasets hold: `Float`, `Double`, `UInt8`, `Int32` or `Int64`.
package protocol Element: BitwiseCopyable, Sendable {
  /// Identifier of the type in memory and in the file, little-endian there.
  static var identifiers: (memory: Int64, file: Int64) { get }
}

extension Element {
  /// Call it with the library locked.
  static var elementType: ElementType { ElementType(typeIdentifier: identifiers.memory) }
}

extension Float: Element {
  package static var identifiers: (memory: Int64, file: Int64) { (chdf5_native_float(), chdf5_file_float()) }
}

extension Double: Element {
  package static var identifiers: (memory: Int64, file: Int64) { (chdf5_native_double(), chdf5_file_double()) }
}

extension UInt8: Element {
  package static var identifiers: (memory: Int64, file: Int64) { (chdf5_native_uint8(), chdf5_file_uint8()) }
}

extension Int32: Element {
  package static var identifiers: (memory: Int64, file: Int64) { (chdf5_native_int32(), chdf5_file_int32()) }
}

extension Int64: Element {
  package static var identifiers: (memory: Int64, file: Int64) { (chdf5_native_int64(), chdf5_file_int64()) }
}

/// What a dataset or an attribute in a file holds.
package enum ElementType: Sendable, Equatable, CustomStringConvertible {
  /// Floating-point numbers of so many bytes.
  case float(bytes: Int)
  /// Whole numbers of so many bytes.
  case integer(bytes: Int, signed: Bool)
  /// Strings.
  case string
  /// Anything else: compounds, enumerations, references, numbers of other forms.
  case other

  /// numpy's name, such as `float32`.
  package var description: String {
    switch self {
    case .float(let bytes): "float\(8 * bytes)"
    case .integer(let bytes, let signed): "\(signed ? "int" : "uint")\(8 * bytes)"
    case .string: "string"
    case .other: "neither plain numbers nor strings"
    }
  }

  /// Whether values of this type can be read as `wanted` without losing their meaning: whole numbers may become
  /// floating-point ones, and precision may change, but not the other way round.
  func converts(to wanted: ElementType) -> Bool {
    switch (self, wanted) {
    case (.float, .float), (.integer, .integer), (.integer, .float): true
    default: false
    }
  }

  /// The type behind a libhdf5 identifier. Call it with the library locked.
  init(typeIdentifier id: hid_t) {
    let bytes = H5Tget_size(id)
    switch H5Tget_class(id) {
    case H5T_FLOAT where chdf5_is_plain_number(id) > 0: self = .float(bytes: bytes)
    case H5T_INTEGER where chdf5_is_plain_number(id) > 0:
      self = .integer(bytes: bytes, signed: H5Tget_sign(id) == H5T_SGN_2)
    case H5T_STRING: self = .string
    default: self = .other
    }
  }
}
