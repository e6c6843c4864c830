internal import HDF5

/// A repeat's epochs as its checkpoint holds them: a dataset of float64 `[E, 8]`, 64 bytes per epoch. As text they took four times that, and
/// several copies of it for each checkpoint, which is what memory grew by in trainings of many epochs.
enum EpochTable {
  private static let name = "epochs"
  private static let columns = ["epoch"] + EpochReport.numberNames

  static func write(_ epochs: [EpochReport], to group: Group) throws(HDF5Error) {
    let table = try group.writeDataset(name, epochs.flatMap(row), shape: [epochs.count, columns.count])
    try table.setAttribute("columns", .fixedLengthStrings(columns))
  }

  /// Throws `HDF5Error`, and `Checkpoint.Damage` where it is no such table.
  static func read(_ group: Group) throws -> [EpochReport] {
    let table = try group.dataset(name)
    let shape = try table.shape
    guard shape.count == 2, shape[1] == columns.count else {
      throw Checkpoint.Damage(reason: "has epochs of the shape \(shape), expected [epochs, \(columns.count)]")
    }
    let values: [Double] = try table.read()
    return try (0..<shape[0]).map { try report(values[$0 * columns.count..<($0 + 1) * columns.count]) }
  }

  private static func row(_ report: EpochReport) -> [Double] {
    [Double(report.epoch)] + report.numbers.map { $0 ?? .nan }
  }

  private static func report(_ row: ArraySlice<Double>) throws -> EpochReport {
    let row = Array(row)
    guard let epoch = Int(exactly: row[0]) else { throw Checkpoint.Damage(reason: "has an epoch \(row[0])") }
    // A share of windows is always a number, where there was anything to look at; a loss needn't be one.
    let isValidated = !row[4].isNaN
    return EpochReport(
      epoch: epoch, loss: row[1], accuracy: row[2], validationLoss: isValidated ? row[3] : nil,
      validationAccuracy: isValidated ? row[4] : nil, learningRate: row[5], seconds: row[6], samplesPerSecond: row[7])
  }
}
