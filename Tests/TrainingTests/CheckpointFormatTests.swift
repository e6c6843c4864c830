import HDF5
import SystemSupport
import Testing
import Training
import _TestSupport

/// What checkpoints hold of a repeat's epochs, in this format and in those before it.
struct CheckpointFormatTests {
  let directory: TemporaryDirectory
  var path: String { directory.path("repeat-01.h5") }

  init() throws { directory = try TemporaryDirectory() }

  private func epoch(_ number: Int, validation: (loss: Double, accuracy: Double)? = nil) -> EpochReport {
    EpochReport(
      epoch: number, loss: 1.1 / Double(number + 1), accuracy: 0.7, validationLoss: validation?.loss,
      validationAccuracy: validation?.accuracy, learningRate: 1e-3, seconds: 2.5, samplesPerSecond: 1 / 3)
  }

  private func checkpoint(_ epochs: [EpochReport]) -> Checkpoint {
    var record = RepeatRecord()
    record.epochs = epochs
    record.progress.epoch = epochs.count
    return Checkpoint(
      identity: "of this test", record: record, scaling: "", parameters: [1, 2, 3], firstMoment: [4, 5, 6],
      secondMoment: [7, 8, 9])
  }

  /// The same as the formats before had it; format 1 with the epochs in its record, format 2 with a line of JSON for each.
  private func writeEarlier(_ checkpoint: Checkpoint, format: Int) throws {
    let file = try File.create(path)
    let root = try file.root
    var record = checkpoint.record
    if format > 1 {
      let lines = try record.epochs.map { try RunJSON.text($0, isPretty: false) }.joined(separator: "\n")
      try root.setAttribute("epochs", .string(lines))
      record.epochs = []
    }
    try root.setAttribute("format", .integer(Int64(format)))
    try root.setAttribute("identity", .string(checkpoint.identity))
    try root.setAttribute("record", .string(try RunJSON.text(record, isPretty: false)))
    try root.setAttribute("scaling", .string(checkpoint.scaling))
    try root.writeDataset("parameters", checkpoint.parameters, shape: [3])
    try root.writeDataset("first_moment", checkpoint.firstMoment, shape: [3])
    try root.writeDataset("second_moment", checkpoint.secondMoment, shape: [3])
    try file.close()
    try FileSeal.append(to: path)
  }

  private func expectSame(_ read: Checkpoint?, _ written: Checkpoint) {
    #expect(read?.record == written.record)
    #expect(read?.identity == written.identity)
    #expect(read?.parameters == written.parameters)
    #expect(read?.secondMoment == written.secondMoment)
  }

  @Test(arguments: [0, 1, 1000])
  func epochsComeBackAsTheyWere(_ count: Int) throws {
    let written = checkpoint((0..<count).map { epoch($0, validation: $0 % 2 == 0 ? nil : (0.25, 1)) })
    try written.write(path)
    expectSame(try Checkpoint.read(path), written)
    expectSame(try Checkpoint.read(path, withNumbers: true), written)
    #expect(try Checkpoint.read(path, withNumbers: false)?.record == written.record)
  }

  /// Of each file with strings of variable length libhdf5 keeps memory until the process ends, and a training writes thousands.
  @Test(.enabled(if: Outside.python != nil, "\(Outside.pythonHint)"))
  func noStringHasVariableLength() throws {
    try checkpoint([epoch(0)]).write(path)
    let result = try Outside.runPython(
      """
      import h5py, sys
      strings = []
      def look(name, thing):
          for attribute in thing.attrs:
              kind = thing.attrs.get_id(attribute).get_type()
              if isinstance(kind, h5py.h5t.TypeStringID):
                  strings.append((attribute, kind.is_variable_str()))
          if isinstance(thing, h5py.Dataset):
              assert h5py.check_vlen_dtype(thing.dtype) is None and thing.dtype.kind == "f", thing
      with h5py.File(sys.argv[1]) as file:
          look("/", file)
          file.visititems(look)
      assert sorted(strings) == [(name, False) for name in ("columns", "identity", "record", "scaling")], strings
      """, [path])
    #expect(result.status == 0, "\(result.standardError)")
  }

  @Test func lossThatIsNoNumberStays() throws {
    try checkpoint([epoch(0, validation: (.nan, 0.5)), epoch(1, validation: (.infinity, 0))]).write(path)
    let epochs = try #require(try Checkpoint.read(path)).record.epochs
    #expect(epochs[0].validationLoss?.isNaN == true)
    #expect(epochs[0].validationAccuracy == 0.5)
    #expect(epochs[1].validationLoss == .infinity)
    #expect(epochs[1].validationAccuracy == 0)
  }

  @Test(arguments: [1, 2])
  func earlierFormatsAreRead(_ format: Int) throws {
    let written = checkpoint([epoch(0), epoch(1, validation: (0.125, 0.75))])
    try writeEarlier(written, format: format)
    expectSame(try Checkpoint.read(path), written)
  }

  @Test func laterFormatIsNot() throws {
    try writeEarlier(checkpoint([epoch(0)]), format: 4)
    let damage = #expect(throws: Checkpoint.Damage.self) { try Checkpoint.read(path) }
    #expect(damage?.reason == "has the unknown format 4")
  }

  /// A table that says something else than epochs, in a file whose seal is right.
  @Test(
    arguments: [
      ([8], [0, 0, 0, 0, 0, 0, 0, 0]), ([1, 7], [0, 0, 0, 0, 0, 0, 0]), ([1, 8], [0.5, 0, 0, 0, 0, 0, 0, 0]),
      ([1, 8], [.nan, 0, 0, 0, 0, 0, 0, 0]), ([1, 8], [1e300, 0, 0, 0, 0, 0, 0, 0]),
    ] as [([Int], [Double])])
  func otherTablesAreDamage(_ shape: [Int], _ values: [Double]) throws {
    let empty = checkpoint([])
    let file = try File.create(path)
    let root = try file.root
    try root.setAttribute("format", .integer(3))
    try root.setAttribute("identity", .string(empty.identity))
    try root.setAttribute("record", .string(try RunJSON.text(empty.record, isPretty: false)))
    try root.setAttribute("scaling", .string(""))
    try root.writeDataset("epochs", values, shape: shape)
    try file.close()
    try FileSeal.append(to: path)
    let damage = #expect(throws: Checkpoint.Damage.self) { try Checkpoint.read(path) }
    #expect(damage?.reason.contains("epoch") == true)
  }
}
