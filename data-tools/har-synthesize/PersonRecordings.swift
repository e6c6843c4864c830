import Recordings

/// Some stretches of one person as text, a piece of each of a split's files.
struct PersonRecordings: Sendable {
  /// Text of the nine signals, in the order of a store's channels.
  var signals: [[UInt8]]
  /// Text of the activities, and of the person's number.
  var labels: [UInt8] = []
  var subjects: [UInt8] = []

  /// Makes up the windows of a person's stretches, which lie one behind the other.
  init(_ person: Person, _ stretches: ArraySlice<Stretch>, seed: UInt64) {
    let channels = RecordingFolder.signalNames.count
    let count = stretches.reduce(0) { $0 + $1.windows }
    signals = (0..<channels).map { _ in
      var text: [UInt8] = []
      text.reserveCapacity(count * (RecordingFolder.timeSteps * 16 + 1))
      return text
    }
    for stretch in stretches {
      let random = RandomStream(seed: seed, purpose: UInt64(person.number) << 32 | stretch.number)
      append(
        Segment(stretch.activity, of: person, random: random), stretch.activity, windows: stretch.windows, person)
    }
  }

  private mutating func append(_ segment: Segment, _ activity: Activity, windows: Int, _ person: Person) {
    var segment = segment
    let channels = signals.count
    let (length, step) = (RecordingFolder.timeSteps, RecordingFolder.timeSteps / 2)
    var reading = [Double](repeating: 0, count: channels)
    var texts = [[UInt8]](repeating: [], count: channels)
    for _ in 0..<(length + (windows - 1) * step) {
      segment.reading(into: &reading)
      for channel in 0..<channels { SignalText.append(reading[channel], to: &texts[channel]) }
    }
    for window in 0..<windows {
      let bytes = (window * step * 16)..<((window * step + length) * 16)
      for channel in 0..<channels {
        signals[channel].append(contentsOf: texts[channel][bytes])
        signals[channel].append(UInt8(ascii: "\n"))
      }
      labels.append(contentsOf: "\(activity.rawValue)\n".utf8)
      subjects.append(contentsOf: "\(person.number)\n".utf8)
    }
  }
}
