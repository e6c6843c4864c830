internal import Plots
internal import Windows

extension WindowStore {
  /// A window's signals, the axes of a sensor (`_x`, `_y`, `_z`) in one panel. Throws where the windows are streamed and can't be read.
  func panels(of windows: WindowSet, window index: Int) throws(StoreError) -> [SignalPlot.Panel] {
    let values = try windows.inMemory([index]).features(of: 0)
    let channels = signalNames.count
    var panels: [(sensor: String, lines: [(name: String, values: [Float])])] = []
    for (channel, name) in signalNames.enumerated() {
      let signal = stride(from: channel, to: values.count, by: channels).map { values[$0] }
      let isAxis = name.hasSuffix("_x") || name.hasSuffix("_y") || name.hasSuffix("_z")
      let sensor = isAxis ? String(name.dropLast(2)) : name
      let line = (name: isAxis ? String(name.suffix(1)) : name, values: signal)
      if panels.last?.sensor == sensor, isAxis {
        panels[panels.count - 1].lines.append(line)
      } else {
        panels.append((sensor, [line]))
      }
    }
    // More would make a picture that nobody can read.
    return panels.prefix(8).map { .init(name: $0.sensor, unit: Self.units[$0.sensor] ?? "", lines: $0.lines) }
  }

  /// Of UCI's sensors (the recordings' README).
  private static let units = ["total_acc": "g", "body_acc": "g", "body_gyro": "rad/s"]
}
