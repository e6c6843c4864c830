import Kernels
import NeuralNetworks
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite("KerasFile: errors of writing")
struct KerasFileReplacementTests {
  private let configuration = KerasFileSupport.goldenConfiguration(.lstm)

  private func error(
    _ path: String, _ configuration: ModelConfiguration? = nil, parameters: AlignedBuffer? = nil,
    attributes: [String: String] = [:]
  ) throws -> KerasFileError {
    let parameters = parameters ?? KerasFileSupport.someParameters(self.configuration.makeModel())
    return try #require(throws: KerasFileError.self) {
      try KerasModelFile.write(
        path: path, configuration: configuration ?? self.configuration, parameters: parameters, attributes: attributes)
    }
  }

  @Test("A file that fails leaves what was there, and nothing else")
  func failureLeavesNothing() throws {
    try KerasFileSupport.withFolder { folder in
      let path = "\(folder)/model.h5"
      KerasFileSupport.write("former".utf8, to: path)
      // Found only when half of the file is written.
      let kind1 = try error(path, attributes: ["har_a": "good", "har_b": "a zero \0 byte"]).kind
      #expect(kind1 == .cannotCreate)
      let kind2 = try error(path, attributes: ["keras_version": "9"]).kind
      #expect(kind2 == .misuse)
      let kind3 = try error(path, parameters: AlignedBuffer(count: 10)).kind
      #expect(kind3 == .misuse)
      #expect(KerasFileSupport.bytes(path) == Array("former".utf8))
      #expect(KerasFileSupport.names(in: folder) == ["model.h5"])
    }
  }

  @Test("A file is replaced, through a link too")
  func replaces() throws {
    try KerasFileSupport.withFolder { folder in
      KerasFileSupport.write("former".utf8, to: "\(folder)/model.h5")
      symlink("model.h5", "\(folder)/link.h5")
      try KerasModelFile.write(
        path: "\(folder)/link.h5", configuration: configuration,
        parameters: KerasFileSupport.someParameters(configuration.makeModel()))
      #expect(try KerasModelFile.read(path: "\(folder)/model.h5").configuration == configuration)
      #expect(KerasFileSupport.names(in: folder) == ["link.h5", "model.h5"])
    }
  }

  @Test("Places where no file can be are refused")
  func impossiblePlaces() throws {
    try KerasFileSupport.withFolder { folder in
      let absent = try error("\(folder)/absent/model.h5")
      #expect(absent.kind == .cannotCreate)
      #expect(absent.message == "\(folder)/absent/model.h5: cannot be created: No such file or directory")
      #expect(try error(folder).message == "\(folder): exists already and is no regular file")
      #expect(try error("/dev/null").message == "/dev/null: exists already and is no regular file")
      for path in ["", "\(folder)/", "a\0b"] { #expect(try error(path).kind == .cannotCreate) }
      #expect(KerasFileSupport.names(in: folder).isEmpty)
    }
  }

  @Test("Impossible models are refused")
  func impossibleModels() throws {
    let damages: [(inout ModelConfiguration) -> Void] = [
      { $0.units = 0 }, { $0.classes = -1 }, { $0.channels = .max }, { $0.dropoutRate = 1 }, { $0.dropoutRate = .nan },
      {
        $0.architecture = .cnnLSTM; $0.subsequences = 3
      },
      {
        $0.architecture = .cnnLSTM; $0.kernelSize = 17
      },
      {
        $0.architecture = .convLSTM; $0.kernelSize = 33
      },
      {
        $0.architecture = .convLSTM; $0.subsequences = 0
      },
    ]
    try KerasFileSupport.withFolder { folder in
      for damage in damages {
        var configuration = configuration
        damage(&configuration)
        let kind4 = try error("\(folder)/m.h5", configuration).kind
        #expect(kind4 == .misuse)
      }
      #expect(KerasFileSupport.names(in: folder).isEmpty)
    }
  }
}
