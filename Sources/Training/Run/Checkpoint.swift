internal import Foundation
internal import HDF5
package import SystemSupport

/// A repeat's state between two steps: parameters, Adam's moments, and the record that says where it stands.
///
/// The file is sealed HDF5; nothing of one whose seal is not right is handed to libhdf5 or believed.
package struct Checkpoint {
  /// What the numbers depend on: `RunConfiguration.identity`.
  package var identity: String
  package var record: RepeatRecord
  /// The scaling that the windows had, as JSON; empty for none.
  package var scaling: String
  /// All in the order of the model's buffer.
  package var parameters: [Float]
  package var firstMoment: [Float]
  package var secondMoment: [Float]
  /// The parameters of the best epoch so far, in the same order, or once the repeat has ended with them those of its last epoch; empty
  /// where none are kept.
  package var bestParameters: [Float] = []
  /// Where it was read; nil for one that is still to be written.
  package private(set) var path: String?

  package init(
    identity: String, record: RepeatRecord, scaling: String, parameters: [Float], firstMoment: [Float],
    secondMoment: [Float], bestParameters: [Float] = []
  ) {
    self.identity = identity
    self.record = record
    self.scaling = scaling
    self.parameters = parameters
    self.firstMoment = firstMoment
    self.secondMoment = secondMoment
    self.bestParameters = bestParameters
  }

  /// Why a file holds no checkpoint, in a phrase.
  package struct Damage: Error {
    package let reason: String
  }

  private static let format = 3
  /// Those of format 1 have the epochs in their record, those of format 2 as lines of JSON.
  private static let readableFormats: ClosedRange<Int64> = 1...3
  private static let bestName = "best_parameters"

  package func write(_ path: String) throws(OutputError) {
    do {
      var record = self.record
      record.epochs = []
      let recordText = try RunJSON.text(record, isPretty: false)
      try AtomicFile.replace(path) { temporaryPath in
        try writeHDF5(temporaryPath, record: recordText)
        try FileSeal.append(to: temporaryPath)
      }
    } catch let error as OutputError {
      throw error
    } catch let error as HDF5Error {
      throw OutputError(path: path, reason: error.reason, status: error.kind == .cannotCreate ? .cannotCreate : .io)
    } catch {
      throw OutputError(path: path, reason: "cannot be written: \(error.localizedDescription)", status: .io)
    }
  }

  private func writeHDF5(_ path: String, record recordText: String) throws(HDF5Error) {
    let file = try File.create(path)
    let root = try file.root
    try root.setAttribute("format", .integer(Int64(Self.format)))
    try root.setAttribute("identity", .fixedLengthString(identity))
    try root.setAttribute("record", .fixedLengthString(recordText))
    try root.setAttribute("scaling", .fixedLengthString(scaling))
    try EpochTable.write(record.epochs, to: root)
    try root.writeDataset("parameters", parameters, shape: [parameters.count])
    try root.writeDataset("first_moment", firstMoment, shape: [firstMoment.count])
    try root.writeDataset("second_moment", secondMoment, shape: [secondMoment.count])
    if !bestParameters.isEmpty {
      try root.writeDataset(Self.bestName, bestParameters, shape: [bestParameters.count])
    }
    try file.close()
  }

  /// Reads a file; nil where there is none. Throws `Damage` where it is not whole, and `InputError` where it may not be read.
  ///
  /// - Parameter withNumbers: whether parameters and moments are wanted; else they are empty.
  package static func read(_ path: String, withNumbers: Bool = true) throws -> Checkpoint? {
    if FileSystem.isMissing(path) { return nil }
    switch try FileSeal.state(of: path) {
    case .intact: break
    case .absent: throw Damage(reason: "is cut off or no checkpoint")
    case .broken: throw Damage(reason: "has another checksum than it should")
    }
    do {
      let root = try File.open(path).root
      let format = try root.attribute("format").integer()
      guard Self.readableFormats.contains(format) else { throw Damage(reason: "has the unknown format \(format)") }
      func numbers(_ name: String) throws(HDF5Error) -> [Float] { withNumbers ? try root.dataset(name).read() : [] }
      var record = try RunJSON.decode(RepeatRecord.self, Data(try root.attribute("record").string().utf8))
      switch format {
      case 1: break
      case 2: record.epochs = try RunJSON.decodeLines(EpochReport.self, try root.attribute("epochs").string())
      default: record.epochs = try EpochTable.read(root)
      }
      var checkpoint = Checkpoint(
        identity: try root.attribute("identity").string(),
        record: record,
        scaling: try root.attribute("scaling").string(),
        parameters: try numbers("parameters"), firstMoment: try numbers("first_moment"),
        secondMoment: try numbers("second_moment"),
        bestParameters: root.contains(Self.bestName) ? try numbers(Self.bestName) : [])
      checkpoint.path = path
      return checkpoint
    } catch let error as HDF5Error {
      throw Damage(reason: error.reason)
    } catch let error as DecodingError {
      throw Damage(reason: RunJSON.reason(error))
    }
  }
}
