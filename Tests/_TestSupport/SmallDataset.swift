import Foundation

/// A dataset in the UCI layout, small enough to spoil in every way.
package struct SmallDataset {
  /// Where it is.
  package let directory: TemporaryDirectory
  /// Path of the dataset's folder.
  package var path: String { directory.path("dataset") }

  /// The nine signals, in the order of a store's channels.
  package static let signals = [
    "total_acc_x", "total_acc_y", "total_acc_z", "body_acc_x", "body_acc_y", "body_acc_z", "body_gyro_x",
    "body_gyro_y", "body_gyro_z",
  ]

  /// Writes one of `train` and `test` windows.
  package init(train: Int = 5, test: Int = 3) throws {
    directory = try TemporaryDirectory()
    try write(
      "1 WALKING\n2 WALKING_UPSTAIRS\n3 WALKING_DOWNSTAIRS\n4 SITTING\n5 STANDING\n6 LAYING\n",
      to: "activity_labels.txt")
    for (split, count) in [("train", train), ("test", test)] {
      for (channel, signal) in Self.signals.enumerated() {
        let rows = (0..<count).map { row in
          (0..<128).map { Self.text(row, $0, channel) }.joined() + "\n"
        }
        try write(rows.joined(), to: Self.signalFile(signal, split))
      }
      try write((0..<count).map { "\($0 % 6 + 1)\n" }.joined(), to: "\(split)/y_\(split).txt")
      try write(
        (0..<count).map { "\($0 % 30 + (split == "train" ? 1 : 31))\n" }.joined(), to: "\(split)/subject_\(split).txt")
    }
  }

  /// Path of a signal's file inside the dataset's folder.
  package static func signalFile(_ signal: String, _ split: String) -> String {
    "\(split)/Inertial Signals/\(signal)_\(split).txt"
  }

  /// What a window holds at a time step of a channel.
  package static func value(_ row: Int, _ step: Int, _ channel: Int) -> Double {
    let (digits, exponent) = parts(row, step, channel)
    let magnitude = Double(digits) / (1e7 * [1, 10, 100, 1000][exponent])
    return step % 2 == 0 ? magnitude : -magnitude
  }

  /// The same as 16 characters, put together by hand as tests need many.
  private static func text(_ row: Int, _ step: Int, _ channel: Int) -> String {
    let (digits, exponent) = parts(row, step, channel)
    let text = "\(digits)"
    return "\(step % 2 == 0 ? "  " : " -")\(text.prefix(1)).\(text.dropFirst())e-00\(exponent)"
  }

  private static func parts(_ row: Int, _ step: Int, _ channel: Int) -> (digits: Int, exponent: Int) {
    let place = row * 7_919_111 + step * 104_729 + channel * 1_299_709
    return (10_000_000 + place % 90_000_000, place % 4)
  }

  /// A number in 16 characters.
  package static func field(_ value: Double) -> String {
    let text = String(format: "%.7e", value)
    let parts = text.split(separator: "e")
    let exponent = Int(parts[1]) ?? 0
    let signed = String(format: "%@e%@%03d", String(parts[0]), exponent < 0 ? "-" : "+", abs(exponent))
    return String(repeating: " ", count: 16 - signed.count) + signed
  }

  /// Replaces a file of the dataset.
  package func write(_ text: String, to name: String) throws {
    try directory.write(text, to: "dataset/\(name)")
  }

  /// Reads a file of the dataset.
  package func read(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  /// Removes a file of the dataset.
  package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

  /// Changes one line (from 1) of a file.
  package func edit(_ name: String, line: Int, _ change: (String) -> String) throws {
    var lines = try read(name).components(separatedBy: "\n")
    lines[line - 1] = change(lines[line - 1])
    try write(lines.joined(separator: "\n"), to: name)
  }
}
