internal import HDF5
internal import NeuralNetworks
internal import SystemSupport

/// Reads the weights of a model whose config is known. As in Keras, weights belong together by their order; their names don't count.
struct KerasWeightsReader {
  let root: Group
  let model: Sequential

  private typealias Problem = ModelFileError.Problem

  /// A layer's group, and the names of its weights in it.
  private struct Source {
    let layerName: String
    let group: Group
    let weightNames: [String]
  }

  /// All weights, laid out as `model.placedParameters` says.
  func read() throws(ModelFileError.Problem) -> AlignedBuffer {
    let sources = try sources()
    let targets = zip(model.layers, model.parameterOffsets).filter { !$0.0.parameters.isEmpty }
    guard sources.count == targets.count else {
      let expected = targets.map(\.0.name).joined(separator: ", ")
      throw .missingWeights(reason: "has weights of \(sources.count) layers, expected those of \(expected)")
    }
    // Shapes first: no memory is taken for what the file doesn't hold.
    var weights: [(dataset: Dataset, offset: Int, count: Int)] = []
    for (source, (layer, offset)) in zip(sources, targets) {
      guard source.weightNames.count == layer.parameters.count else {
        let expected = layer.parameters.map(\.name).joined(separator: ", ")
        throw .missingWeights(
          reason: "layer \(source.layerName) has \(source.weightNames.count) weights, expected \(expected)")
      }
      for (name, parameter) in zip(source.weightNames, layer.parameters) {
        let dataset = try member(name, source.group.dataset)
        let shape = try Problem.reading(try dataset.shape)
        guard shape == parameter.shape else {
          throw .wrongShape(weight: dataset.name, found: shape, expected: parameter.shape)
        }
        _ = try Problem.reading(try dataset.count(as: Float.self))
        weights.append((dataset, offset + parameter.offset, parameter.count))
      }
    }
    let buffer = AlignedBuffer(count: model.parameterBufferCount)
    for weight in weights {
      let values = try Problem.reading(try weight.dataset.read(as: Float.self))
      guard values.count == weight.count else {
        throw .damaged(reason: "\(weight.dataset.name): holds \(values.count) numbers, expected \(weight.count)")
      }
      guard values.allSatisfy(\.isFinite) else { throw .notFinite(weight: weight.dataset.name) }
      for (index, value) in values.enumerated() { buffer.address[weight.offset + index] = value }
    }
    return buffer
  }

  /// The layers that have weights, in the order of `layer_names`.
  private func sources() throws(Problem) -> [Source] {
    let weights = try member("model_weights", root.group)
    var sources: [Source] = []
    for layerName in try names("layer_names", of: weights) {
      let group = try member(layerName, weights.group)
      let weightNames = try names("weight_names", of: group)
      if !weightNames.isEmpty { sources.append(Source(layerName: layerName, group: group, weightNames: weightNames)) }
    }
    return sources
  }

  private func names(_ attribute: String, of group: Group) throws(Problem) -> [String] {
    guard try Problem.reading(try group.hasAttribute(attribute)) else {
      throw .missingWeights(reason: "\(group.name): the attribute \(attribute) is missing")
    }
    return try Problem.reading(try group.attribute(attribute).strings())
  }

  private func member<Member>(
    _ name: String, _ open: (String) throws(HDF5Error) -> Member
  ) throws(Problem) -> Member {
    do throws(HDF5Error) {
      return try open(name)
    } catch {
      throw .missingWeights(reason: "\(error.object ?? name): \(error.reason)")
    }
  }
}
