import ModelFiles
import NeuralNetworks
import SystemSupport

/// A network and what it goes by.
struct NamedNetwork {
  let name: String
  let description: ModelDescription
  /// How long it trains where nobody says.
  let epochs: Int
  /// The file or the preset that describes it.
  let source: String
}

extension NamedNetwork {
  /// The network that a Keras file describes; its weights are not looked at.
  init(file path: String) throws { self.init(file: path, try KerasModelFile.readDescription(path: path)) }

  init(file path: String, _ description: ModelDescription) {
    let file = FileSystem.split(path).name
    let base = file.hasSuffix(".h5") ? String(file.dropLast(3)) : file
    // What is no plain name would make a strange folder.
    let isPlain = base.wholeMatch(of: /[A-Za-z0-9_-][A-Za-z0-9_.-]*/) != nil
    self.init(name: isPlain ? base : "network", description: description, epochs: 25, source: path)
  }
}
