import Foundation
import Kernels
import ModelFiles
import NeuralNetworks
import SystemSupport
import Testing
import _TestSupport

@Suite("KerasModelFile: errors of writing")
struct KerasModelFileWritingErrorTests {
  private let description: ModelDescription
  private let folder: TemporaryDirectory

  init() throws {
    description = try KerasFileSupport.goldenDescription(.lstm)
    folder = try TemporaryDirectory()
  }

  private func error(
    _ path: String, _ other: ModelDescription? = nil, parameters: AlignedBuffer? = nil,
    attributes: [String: String] = [:]
  ) throws -> ModelFileError {
    let parameters = try parameters ?? KerasFileSupport.someParameters(description)
    return try #require(throws: ModelFileError.self) {
      try KerasModelFile.write(
        path: path, description: other ?? description, parameters: parameters, attributes: attributes)
    }
  }

  @Test("A file that fails leaves what was there, and nothing else")
  func failureLeavesNothing() throws {
    let path = try folder.write("previous", to: "model.h5")
    // Found only when half of the file is written.
    let halfWritten = try error(path, attributes: ["har_a": "good", "har_b": "a zero \0 byte"])
    #expect(halfWritten.exitStatus == .cannotCreate)
    let foreignAttribute = try error(path, attributes: ["keras_version": "9"])
    #expect(foreignAttribute.exitStatus == .software)
    let fewParameters = try error(path, parameters: AlignedBuffer(count: 10))
    #expect(fewParameters.exitStatus == .software)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "previous")
    #expect(try folder.names() == ["model.h5"])
  }

  @Test("A file is replaced, through a link too")
  func replaces() throws {
    try folder.write("previous", to: "model.h5")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link.h5"), withDestinationPath: "model.h5")
    try KerasModelFile.write(
      path: folder.path("link.h5"), description: description,
      parameters: try KerasFileSupport.someParameters(description))
    #expect(try KerasModelFile.read(path: folder.path("model.h5")).description == description)
    #expect(try folder.names() == ["link.h5", "model.h5"])
  }

  @Test("Places where no file can be are refused")
  func impossiblePlaces() throws {
    let absent = try error(folder.path("absent/model.h5"))
    #expect(absent.exitStatus == .cannotCreate)
    #expect(
      absent.message
        == "\(folder.path("absent/model.h5")): cannot be created: there is no folder \(folder.path("absent"))")
    #expect(try error(folder.path).message == "\(folder.path): exists already and is no regular file")
    #expect(try error("/dev/null").message == "/dev/null: exists already and is no regular file")
    for path in ["", folder.path + "/", "a\0b"] { #expect(try error(path).exitStatus == .cannotCreate) }
    #expect(try folder.names().isEmpty)
  }

  /// Each is a fault of the program: sizes that users choose are checked before anything is trained.
  static let impossible: [(text: String, ModelDescription)] = {
    let classes = Dense(units: 6, activation: .softmax)
    let convolution = TimeDistributed(Conv1D(filters: 8, kernelSize: 17))
    return [
      ("layer lstm: units is 0", [128, 9], [LSTM(units: 0), classes]),
      ("layer dense: units is -1", [9], [Dense(units: -1, activation: .softmax)]),
      ("layer input: the input has the shape", [128, .max], [LSTM(units: 12), classes]),
      ("layer dropout: rate is 1.0", [9], [Dropout(rate: 1), classes]),
      ("layer dropout: rate is NaN", [9], [Dropout(rate: .nan), classes]),
      ("layer lstm: the input has the shape [9]", [9], [LSTM(units: 12), classes]),
      ("layer conv1d_1: the input has the shape [16, 8]", [4, 32, 9], [convolution, convolution, classes]),
      (
        "layer conv_lstm2d: the input has the shape [4, 1, 32, 9]", [4, 1, 32, 9],
        [ConvLSTM2D(filters: 8, kernelSize: 33), Flatten(), classes]
      ),
      ("layer input: the input has the shape [0, 1, 32, 9]", [0, 1, 32, 9], [Flatten(), classes]),
      ("layer dense: activation is \"relu\"", [9], [Dense(units: 6, activation: .relu)]),
      (
        "layer a: has the name of another layer", [9],
        [Dense(units: 6, name: "a"), Dropout(rate: 0.5, name: "a"), classes]
      ),
      ("layer a/b: is no name for a layer", [9], [Dense(units: 6, name: "a/b"), classes]),
      ("found no layers", [9], []),
    ].map { ($0.0, ModelDescription(inputShape: $0.1, layers: $0.2)) }
  }()

  @Test("Impossible models are refused", arguments: impossible.indices)
  func impossibleModels(index: Int) throws {
    let (text, description) = Self.impossible[index]
    let error = try error(folder.path("m.h5"), description)
    #expect(error.exitStatus == .software)
    #expect(error.message.contains(text), "\(error.message)")
    #expect(try folder.names().isEmpty)
  }
}
