import Foundation
import NeuralNetworks

/// Writing and reading of a run's small files.
enum RunFiles {
  /// Replaces a file in one go; what was there stays where that fails.
  static func replace(_ path: String, with contents: Data) throws(RunFolderError) {
    try replace(path) { temporaryPath throws(KerasFileError.Problem) in
      do {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: temporaryPath))
        defer { try? file.close() }
        try file.write(contentsOf: contents)
      } catch {
        throw .cannotWrite(reason: "cannot be written: \(reason(error))")
      }
    }
  }

  /// Replaces a file by what `write` puts into the file whose path it is given.
  static func replace(
    _ path: String, write: (_ temporaryPath: String) throws(KerasFileError.Problem) -> Void
  ) throws(RunFolderError) {
    do throws(KerasFileError.Problem) {
      try FileReplacement.replace(path, write: write)
    } catch {
      if case .cannotCreate(let reason) = error { throw RunFolderError(path, .cannotCreate(reason: reason)) }
      throw RunFolderError(path, .cannotWrite(reason: error.description))
    }
  }

  /// The bytes of a file; nil where there is none.
  static func contents(_ path: String) throws(RunFolderError) -> Data? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw RunFolderError(path, .cannotRead(reason: "cannot be read: \(reason(error))"))
    }
  }

  /// Makes the folder of something new, which may be there but must not hold anything; throws `exists` otherwise.
  static func claimFolder(_ path: String) throws(RunFolderError) {
    // What ended before its first file was there leaves only the lock.
    let held = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard held.allSatisfy({ $0 == ".lock" }) else { throw RunFolderError(path, .exists) }
    try makeFolder(path)
  }

  /// Makes a folder and those on the way to it.
  static func makeFolder(_ path: String) throws(RunFolderError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw RunFolderError(path, .cannotCreate(reason: "cannot be created: \(reason(error))"))
    }
  }

  /// Removes what a killed process was about to write; a lock must say that nobody else is at it.
  static func removePartial(in folders: [String]) {
    for folder in folders {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where name.hasPrefix(".") && name.contains(".partial-") {
        _ = unlink("\(folder)/\(name)")
      }
    }
  }

  /// The operating system's word for a failure of Foundation, where there is one.
  static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let posix = [error as NSError, underlying].compactMap { $0 }.first { $0.domain == NSPOSIXErrorDomain }
    return posix.map { String(cString: strerror(Int32($0.code))) } ?? error.localizedDescription
  }
}

/// The number that says how to read a file.
private struct Format: Decodable { let format: Int }

/// JSON as a run's files hold it: keys in their order, numbers that read back as the same bits.
enum RunJSON {
  /// A value's text, for people on several lines.
  static func encode(_ value: some Encodable, isPretty: Bool) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = isPretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(value)
  }

  /// The value of a text.
  static func decode<Value: Decodable>(_: Value.Type, _ data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Value.self, from: data)
  }

  /// Writes a value to a file.
  static func write(_ value: some Encodable, _ path: String, isPretty: Bool = true) throws(RunFolderError) {
    let data: Data
    do {
      data = try encode(value, isPretty: isPretty)
    } catch {
      throw RunFolderError(path, .cannotWrite(reason: "cannot be written: \(error.localizedDescription)"))
    }
    try RunFiles.replace(path, with: data + Data("\n".utf8))
  }

  /// Reads a value from a file that says its format.
  static func read<Value: Decodable>(
    _: Value.Type, _ path: String, known: Int
  ) throws(RunFolderError) -> Value {
    guard let data = try RunFiles.contents(path) else {
      throw RunFolderError(path, .notARun(reason: "there is no such file"))
    }
    do {
      let format = try decode(Format.self, data).format
      guard (1...known).contains(format) else { throw RunFolderError(path, .newerFormat(found: format, known: known)) }
      return try decode(Value.self, data)
    } catch let error as RunFolderError {
      throw error
    } catch {
      throw RunFolderError(path, .wrongConfiguration(reason: reason(error)))
    }
  }

  /// Where and what a decoder did not find as it should be.
  static func reason(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
      return path.isEmpty ? "" : "\(path): "
    }
    return switch error {
    case DecodingError.keyNotFound(let key, let context): "\(place(context))\(key.stringValue) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "\(place(context))\(context.debugDescription)"
    case DecodingError.dataCorrupted(let context): "\(place(context))\(context.debugDescription)"
    default: error.localizedDescription
    }
  }
}
