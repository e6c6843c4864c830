internal import HDF5
public import NeuralNetworks
public import SystemSupport

/// Why a model file cannot be read or written.
public struct ModelFileError: UserFacingError, Equatable, CustomStringConvertible {
  /// What is wrong. Texts from the file are as they stand there; `message` makes them fit a line.
  public enum Problem: Error, Sendable, Equatable {
    /// The file is not there or may not be read.
    case cannotOpen(reason: String)
    /// Something else than an HDF5 file.
    case notHDF5(reason: String)
    /// An HDF5 file that is cut off or inconsistent.
    case damaged(reason: String)
    /// An HDF5 file without the attribute that describes a Keras model: weights alone, or no model at all.
    case noModelConfig
    /// `model_config` is not what Keras writes.
    case malformedConfig(reason: String)
    /// A model of another class than Sequential.
    case notSequential(className: String)
    /// The model is none that this package has.
    case unsupportedModel(ModelError)
    /// Weights are not there.
    case missingWeights(reason: String)
    /// A weight has another shape than the model's config says.
    case wrongShape(weight: String, found: [Int], expected: [Int])
    /// A weight holds infinities or what is not a number.
    case notFinite(weight: String)
    /// The file cannot be made.
    case cannotCreate(reason: String)
    /// The file cannot be written.
    case cannotWrite(reason: String)
    /// What was to be written is not a model: a fault of the program.
    case misuse(reason: String)
  }

  /// The file.
  public let path: String
  /// What is wrong with it.
  public let problem: Problem

  /// The status that an executable ends with.
  public var exitStatus: ExitStatus {
    switch problem {
    case .cannotOpen: .noInput
    case .cannotCreate: .cannotCreate
    case .cannotWrite: .io
    case .misuse: .software
    default: .data
    }
  }

  /// One line that says where, what was found and what was expected.
  public var message: String {
    "\(path.isEmpty ? "\"\"" : singleLine(path, limit: 4096)): \(singleLine(problem.description, limit: 600))"
  }

  /// `message`.
  public var description: String { message }
}

extension ModelFileError.Problem: CustomStringConvertible {
  /// A phrase without a full stop.
  public var description: String {
    switch self {
    case .cannotOpen(let reason), .notHDF5(let reason), .damaged(let reason), .cannotCreate(let reason),
      .cannotWrite(let reason), .missingWeights(let reason), .misuse(let reason):
      reason
    case .noModelConfig: "is not a Keras model: the attribute model_config is missing"
    case .malformedConfig(let reason): "has a model_config that Keras did not write: \(reason)"
    case .notSequential(let className):
      "is a model of the class \(singleLine(className, limit: 80)), expected Sequential"
    case .unsupportedModel(let error): error.message
    case .wrongShape(let weight, let found, let expected):
      "weight \(singleLine(weight, limit: 200)) has the shape \(found), expected \(expected)"
    case .notFinite(let weight):
      "weight \(singleLine(weight, limit: 200)) holds values that are not finite numbers"
    }
  }

  /// What an error of the library means to a reader.
  static func reading<Result>(
    _ body: @autoclosure () throws(HDF5Error) -> Result
  ) throws(ModelFileError.Problem) -> Result {
    do throws(HDF5Error) { return try body() } catch { throw Self(error) }
  }

  init(_ error: HDF5Error) {
    switch error.kind {
    case .unreadable: self = .cannotOpen(reason: error.placedReason)
    case .notFound where error.object == nil: self = .cannotOpen(reason: error.placedReason)
    case .notHDF5: self = .notHDF5(reason: error.placedReason)
    default: self = .damaged(reason: error.placedReason)
    }
  }
}

extension HDF5Error {
  /// The reason, behind the object that it is about.
  var placedReason: String { object.map { "\($0): \(reason)" } ?? reason }
}
