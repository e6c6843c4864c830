import HDF5
import Kernels

/// Takes a model out of an HDF5 file of Keras's, checking everything on the way.
enum KerasModelReader {
  /// Opens the file at `path`.
  static func read(_ path: String) throws(KerasFileError.Problem) -> KerasModelFile {
    let root = try hdf5 { () throws(HDF5Error) in try File.open(path).root }
    guard try hdf5({ () throws(HDF5Error) in try root.hasAttribute("model_config") }) else { throw .noModelConfig }
    let text = try hdf5 { () throws(HDF5Error) in try root.attribute("model_config").string() }
    let config = try KerasModelConfig(text, generation: KerasGeneration(version: version(root)))
    let (configuration, model) = try config.recognized()
    return KerasModelFile(
      configuration: configuration, model: model, parameters: try KerasWeightsReader(root, model).read(),
      attributes: try ownAttributes(root))
  }

  /// Who wrote the file; nil where it doesn't say.
  private static func version(_ root: Group) -> String? {
    if let version = try? root.attribute("keras_version").string() { return version }
    return try? root.group("model_weights").attribute("keras_version").string()
  }

  /// Attributes of our prefix that hold one string.
  private static func ownAttributes(_ root: Group) throws(KerasFileError.Problem) -> [String: String] {
    var attributes: [String: String] = [:]
    let names = try hdf5 { () throws(HDF5Error) in try root.attributeNames() }
    for name in names where name.hasPrefix(KerasModelFile.attributePrefix) {
      attributes[name] = try? root.attribute(name).string()
    }
    return attributes
  }

  /// What an error of the library means to a reader.
  static func hdf5<Result>(_ body: () throws(HDF5Error) -> Result) throws(KerasFileError.Problem) -> Result {
    do throws(HDF5Error) {
      return try body()
    } catch {
      let reason = error.object.map { "\($0): \(error.reason)" } ?? error.reason
      switch error.kind {
      case .unreadable: throw .cannotOpen(reason: reason)
      case .notFound where error.object == nil: throw .cannotOpen(reason: reason)
      case .notHDF5: throw .notHDF5(reason: reason)
      default: throw .damaged(reason: reason)
      }
    }
  }
}
