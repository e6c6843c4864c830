package import SystemSupport

/// The events of one TensorBoard run, made in memory and written as a whole. What is appended, with its times, decides every
/// byte; no clock is asked.
///
/// TensorBoard names a run by the folder that its file is in.
package struct EventFile: Sendable {
  /// `events.out.tfevents.<seconds>.<host>` in the folder. TensorBoard reads the files of a folder one after the other, by name,
  /// so a run that is written again must keep its `startedAt` and host, or its points are there twice.
  package let path: String
  /// The records so far, in the layout of TFRecord.
  package private(set) var bytes: [UInt8] = []

  /// - Parameters:
  ///   - startedAt: seconds since 1970.
  ///   - hostName: what may not be in a file's name is replaced by `-`.
  package init(folder: String, startedAt: Double, hostName: String) {
    path = "\(folder)/events.out.tfevents.\(Self.seconds(startedAt)).\(Self.fileNamePart(hostName))"
    append(wallTime: startedAt) { $0.append(3, string: "brain.Event:2") }
  }

  /// Appends values of one step, as `Summary.Value.simple_value`: TensorBoard turns it into a tensor of its scalar plugin when it
  /// reads, and programs that read without TensorFlow's tensors find it under the scalars.
  ///
  /// - Parameter wallTime: seconds since 1970.
  package mutating func append(step: Int64, wallTime: Double, scalars: [(tag: String, value: Float)]) {
    append(wallTime: wallTime) { event in
      // As writers of proto3 do with what is the default.
      if step != 0 { event.append(2, integer: step) }
      event.append(5) { summary in
        for scalar in scalars {
          summary.append(1) { value in
            value.append(1, string: scalar.tag)
            value.append(2, float: scalar.value)
          }
        }
      }
    }
  }

  /// Appends a summary that has nothing but metadata of a plugin, at step 0.
  mutating func append(tag: String, wallTime: Double, plugin: String, content: ProtocolBuffer) {
    append(wallTime: wallTime) { event in
      event.append(5) { summary in
        summary.append(1) { value in
          value.append(1, string: tag)
          value.append(8, message: Self.emptyTensor)
          value.append(9) { metadata in
            metadata.append(1) { pluginData in
              pluginData.append(1, string: plugin)
              pluginData.append(2, bytes: content.bytes)
            }
          }
        }
      }
    }
  }

  /// A vector of no float32 values, as a summary must have some value.
  private static func emptyTensor(_ tensor: inout ProtocolBuffer) {
    let float32: Int64 = 1
    tensor.append(1, integer: float32)
    tensor.append(2) { shape in shape.append(2) { _ in } }
  }

  private mutating func append(wallTime: Double, _ build: (inout ProtocolBuffer) -> Void) {
    var event = ProtocolBuffer()
    event.append(1, double: wallTime)
    build(&event)
    bytes += RecordFraming.record(event.bytes)
  }

  /// Ten digits, so that names are in the order of time.
  private static func seconds(_ time: Double) -> String {
    let whole = time.isFinite ? Int64(min(max(time, 0), 9_999_999_999)) : 0
    let digits = String(whole)
    return String(repeating: "0", count: 10 - digits.count) + digits
  }

  private static func fileNamePart(_ hostName: String) -> String {
    let allowed = hostName.unicodeScalars.prefix(100).map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        || ".-_".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
    }
    return allowed.isEmpty ? "localhost" : String(allowed)
  }
}

extension EventFile {
  /// Writes the file, and the folders on the way to it. Where a beginning of the same bytes is there already, the rest is added to
  /// it: a TensorBoard that runs holds the file open, and would never look at another of the same name. Else the file is replaced in
  /// one go.
  package func write() throws(OutputError) {
    try FileSystem.makeFolders(FileSystem.split(path).folder)
    guard let count = writtenCount else { return try AtomicFile.replace(path, with: bytes) }
    if count < bytes.count { try extend(from: count) }
  }

  /// How many bytes are there, where they are the first of these; a record that was cut short is among them.
  private var writtenCount: Int? {
    let size = FileSystem.size(path)
    guard size > 0, size <= bytes.count, let found = try? FileSystem.bytes(of: path, at: 0, count: size) else {
      return nil
    }
    return found.elementsEqual(bytes[..<size]) ? size : nil
  }

  private func extend(from count: Int) throws(OutputError) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    let isWritten = descriptor >= 0 && bytes[count...].withUnsafeBytes { FileSystem.writeAll($0, to: descriptor) }
    let reason = FileSystem.lastFailure
    if descriptor >= 0 { _ = close(descriptor) }
    guard isWritten else { throw OutputError(path: path, reason: "cannot be written: \(reason)", status: .io) }
  }
}
