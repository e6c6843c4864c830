internal import Foundation
internal import HDF5
internal import SystemSupport

/// A repeat's state between two steps: parameters, Adam's moments, and the record that says where it stands.
///
/// The file is HDF5 with a trailer behind it: sixteen bytes of magic and the SHA-256 of everything before. Nothing of a file whose
/// digest is not right is handed to libhdf5 or believed.
package struct Checkpoint {
  /// What the numbers depend on: `RunConfiguration.identity`.
  package let identity: String
  package let record: RepeatRecord
  /// The scaling that the windows had, as JSON; empty for none.
  package let scaling: String
  /// All in the order of the model's buffer.
  package let parameters: [Float]
  package let firstMoment: [Float]
  package let secondMoment: [Float]

  package init(
    identity: String, record: RepeatRecord, scaling: String = "", parameters: [Float], firstMoment: [Float],
    secondMoment: [Float]
  ) {
    self.identity = identity
    self.scaling = scaling
    self.record = record
    self.parameters = parameters
    self.firstMoment = firstMoment
    self.secondMoment = secondMoment
  }

  /// Why a file holds no checkpoint, in a phrase.
  package struct Damage: Error {
    package let reason: String
  }

  private static let magic = Data("har-train sha256".utf8)
  private static let trailerCount = magic.count + SHA256Digest.byteCount
  private static let format = 1

  /// Writes the file, replacing one in one go.
  package func write(_ path: String) throws(RunFolderError) {
    try RunFiles.replace(path) { temporaryPath in
      do {
        let record = String(decoding: try RunJSON.encode(self.record, isPretty: false), as: UTF8.self)
        try writeHDF5(temporaryPath, record: record)
        try Self.appendTrailer(temporaryPath)
      } catch let error as HDF5Error {
        throw OutputError(
          path: path, reason: error.reason, status: error.kind == .cannotCreate ? .cannotCreate : .io)
      } catch {
        throw OutputError(path: path, reason: "cannot be written: \(error.localizedDescription)", status: .io)
      }
    }
  }

  private func writeHDF5(_ path: String, record: String) throws(HDF5Error) {
    let file = try File.create(path)
    let root = try file.root
    try root.setAttribute("format", .integer(Int64(Self.format)))
    try root.setAttribute("identity", .string(identity))
    try root.setAttribute("record", .string(record))
    try root.setAttribute("scaling", .string(scaling))
    try root.writeDataset("parameters", parameters, shape: [parameters.count])
    try root.writeDataset("first_moment", firstMoment, shape: [firstMoment.count])
    try root.writeDataset("second_moment", secondMoment, shape: [secondMoment.count])
    try file.close()
  }

  private static func appendTrailer(_ path: String) throws {
    let url = URL(fileURLWithPath: path)
    let digest = SHA256Digest.bytes(of: try Data(contentsOf: url))
    let file = try FileHandle(forWritingTo: url)
    defer { try? file.close() }
    try file.seekToEnd()
    try file.write(contentsOf: magic + digest)
  }

  /// Reads a file; nil where there is none.
  ///
  /// Throws `Damage` where it is not whole, and `RunFolderError` where it may not be read.
  package static func read(_ path: String) throws -> Checkpoint? {
    guard let bytes = try RunFiles.contents(path) else { return nil }
    guard bytes.count > trailerCount else { throw Damage(reason: "is cut off") }
    let contents = bytes.prefix(bytes.count - trailerCount)
    let trailer = bytes.suffix(trailerCount)
    guard trailer.starts(with: magic) else { throw Damage(reason: "is cut off or no checkpoint") }
    guard SHA256Digest.bytes(of: contents).elementsEqual(trailer.suffix(SHA256Digest.byteCount)) else {
      throw Damage(reason: "has another checksum than it should")
    }
    do {
      let root = try File.open(path).root
      let format = try root.attribute("format").integer()
      guard format == Self.format else { throw Damage(reason: "has the unknown format \(format)") }
      let record = try root.attribute("record").string()
      return Checkpoint(
        identity: try root.attribute("identity").string(),
        record: try RunJSON.decode(RepeatRecord.self, Data(record.utf8)),
        scaling: try root.attribute("scaling").string(),
        parameters: try root.dataset("parameters").read(), firstMoment: try root.dataset("first_moment").read(),
        secondMoment: try root.dataset("second_moment").read())
    } catch let error as HDF5Error {
      throw Damage(reason: error.reason)
    } catch let error as DecodingError {
      throw Damage(reason: RunJSON.reason(error))
    }
  }
}
