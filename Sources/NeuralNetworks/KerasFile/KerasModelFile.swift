public import Kernels

/// A model in Keras's own whole-model HDF5 format (`model.h5`), which `keras.models.load_model` opens.
///
/// https://keras.io/guides/serialization_and_saving/; data-tools/keras/FORMAT.md has the details.
public struct KerasModelFile: Sendable {
  /// Which network, and its sizes.
  public let configuration: ModelConfiguration
  /// The model that the configuration stands for.
  public let model: Sequential
  /// The weights, laid out as `model.placedParameters` says.
  public let parameters: AlignedBuffer
  /// Our own settings in the file, by names that begin with `har_`.
  public let attributes: [String: String]

  /// What the names of our own attributes begin with; Keras takes no notice of them.
  public static let attributePrefix = "har_"
  /// The Keras whose files ours are like.
  public static let kerasVersion = "3.15.1"

  /// Opens a model that we or Keras saved: one of the three architectures, of any sizes.
  ///
  /// What matters to training alone (optimizer, initializers, regularizers, constraints) is not looked at.
  public static func read(path: String) throws(KerasFileError) -> KerasModelFile {
    do throws(KerasFileError.Problem) {
      return try KerasModelReader.read(path)
    } catch {
      throw KerasFileError(path: path, problem: error)
    }
  }

  /// Saves a model, replacing the file at `path` in one go; where that fails, what was there stays.
  ///
  /// - Parameters:
  ///   - path: the file; its folder must exist.
  ///   - configuration: which network, and its sizes.
  ///   - parameters: the weights, laid out as `configuration.makeModel().placedParameters` says.
  ///   - training: how Keras should train the model further.
  ///   - attributes: settings of our own, by names that begin with `har_`.
  public static func write(
    path: String, configuration: ModelConfiguration, parameters: AlignedBuffer,
    training: KerasTrainingConfig = KerasTrainingConfig(), attributes: [String: String] = [:]
  ) throws(KerasFileError) {
    do throws(KerasFileError.Problem) {
      let writer = try KerasModelWriter(
        configuration: configuration, parameters: parameters, training: training, attributes: attributes)
      try FileReplacement.replace(path) { temporaryPath throws(KerasFileError.Problem) in
        try writer.write(temporaryPath)
      }
    } catch {
      throw KerasFileError(path: path, problem: error)
    }
  }
}
