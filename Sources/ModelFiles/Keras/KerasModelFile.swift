internal import Foundation
internal import HDF5
package import NeuralNetworks
package import SystemSupport

/// A model in Keras's own whole-model HDF5 format (`model.h5`), which `keras.models.load_model` opens.
///
/// https://keras.io/guides/serialization_and_saving/; data-tools/keras/FORMAT.md has the details.
package struct KerasModelFile: Sendable {
  package let description: ModelDescription
  /// The model that the description stands for.
  package let model: Sequential
  /// The weights, laid out as `model.placedParameters` says.
  package let parameters: AlignedBuffer
  /// Our own settings in the file, by names that begin with `har_`.
  package let attributes: [String: String]

  /// What the names of our own attributes begin with; Keras takes no notice of them.
  package static let attributePrefix = "har_"
  /// The Keras whose files ours are like.
  package static let kerasVersion = "3.15.1"

  /// Opens a model that we or Keras saved: a Sequential of the layers that the package has.
  ///
  /// What matters to Keras's own training alone (optimizer, initializers, regularizers, constraints) is not looked at.
  package static func read(path: String) throws(ModelFileError) -> KerasModelFile {
    try reading(path) { root throws(Problem) in
      let (description, model) = try config(root)
      return KerasModelFile(
        description: description, model: model, parameters: try KerasWeightsReader(root: root, model: model).read(),
        attributes: try ownAttributes(root))
    }
  }

  /// Opens what a model's file says of its layers; weights may be missing.
  package static func readDescription(path: String) throws(ModelFileError) -> ModelDescription {
    try reading(path) { root throws(Problem) in try config(root).description }
  }

  /// Saves a model, replacing the file at `path` in one go; where that fails, what was there stays.
  ///
  /// - Parameters:
  ///   - path: the file; its folder must exist.
  ///   - parameters: the weights, laid out as `placedParameters` of the description's `Sequential` says.
  ///   - training: how Keras should train the model further; nil where it can't as it was.
  ///   - attributes: settings of our own, by names that begin with `har_`.
  package static func write(
    path: String, description: ModelDescription, parameters: AlignedBuffer,
    training: KerasTrainingConfig? = KerasTrainingConfig(), attributes: [String: String] = [:]
  ) throws(ModelFileError) {
    try naming(path) { () throws(Problem) in
      let writer = try KerasModelWriter(
        description: description, parameters: parameters, training: training, attributes: attributes)
      do {
        try AtomicFile.replace(path) {
          try writer.write($0)
          try FileSeal.append(to: $0)
        }
      } catch let problem as ModelFileError.Problem {
        throw problem
      } catch let error as OutputError {
        throw error.exitStatus == .cannotCreate
          ? .cannotCreate(reason: error.reason) : .cannotWrite(reason: error.reason)
      } catch {
        throw .cannotWrite(reason: "cannot be written: \(error.localizedDescription)")
      }
    }
  }

  private typealias Problem = ModelFileError.Problem

  private static func naming<Result>(
    _ path: String, _ body: () throws(Problem) -> Result
  ) throws(ModelFileError) -> Result {
    do throws(Problem) {
      return try body()
    } catch {
      throw ModelFileError(path: path, problem: error)
    }
  }

  // MARK: Reading

  private static func reading<Result>(
    _ path: String, _ body: (Group) throws(Problem) -> Result
  ) throws(ModelFileError) -> Result {
    try naming(path) { () throws(Problem) in try File.read(path, wrap: { Problem($0) }, body) }
  }

  private static func config(
    _ root: Group
  ) throws(Problem) -> (description: ModelDescription, model: Sequential) {
    guard try Problem.reading(try root.hasAttribute("model_config")) else { throw .noModelConfig }
    let text = try Problem.reading(try root.attribute("model_config").string())
    let description = try KerasModelConfig.read(text, generation: KerasGeneration(version: version(root)))
    do throws(ModelError) {
      return (description, try Sequential(description))
    } catch {
      throw .unsupportedModel(error)
    }
  }

  /// Who wrote the file; nil where it doesn't say.
  private static func version(_ root: Group) -> String? {
    if let version = try? root.attribute("keras_version").string() { return version }
    return try? root.group("model_weights").attribute("keras_version").string()
  }

  /// Attributes of our prefix, each of which must hold one string.
  private static func ownAttributes(_ root: Group) throws(Problem) -> [String: String] {
    var attributes: [String: String] = [:]
    let names = try Problem.reading(try root.attributeNames())
    for name in names where name.hasPrefix(attributePrefix) {
      // A scaling that can't be read must not be taken for none.
      attributes[name] = try Problem.reading(try root.attribute(name).string())
    }
    return attributes
  }
}
