import Recordings

/// The windows of one person as text, a piece of each of a split's files.
struct PersonRecordings: Sendable {
  /// Text of the nine signals, in the order of a store's channels.
  var signals: [[UInt8]]
  /// Text of the activities, and of the person's number.
  var labels: [UInt8] = []
  var subjects: [UInt8] = []

  /// Makes up `count` windows of a person, the activities one after the other, each in stretches of some twenty
  /// windows that overlap by half, as in the real recordings.
  init(_ person: Person, count: Int, seed: UInt64) {
    let channels = RecordingFolder.signalNames.count
    signals = (0..<channels).map { _ in
      var text: [UInt8] = []
      text.reserveCapacity(count * (RecordingFolder.timeSteps * 16 + 1))
      return text
    }
    var stretch: UInt64 = 0
    for (activity, windows) in Self.windows(of: person, count: count) {
      var left = windows
      while left > 0 {
        stretch += 1
        let size = min(left, 20)
        left -= size
        let random = RandomStream(seed: seed, purpose: UInt64(person.number) << 32 | stretch)
        append(Segment(activity, of: person, random: random), activity, windows: size, person)
      }
    }
  }

  /// How many windows of each activity, in their order; the fractions that are left over differ from person to person,
  /// so that a small dataset has all activities too.
  private static func windows(of person: Person, count: Int) -> [(Activity, Int)] {
    let shift = (Double(person.number) * 0.618_034).truncatingRemainder(dividingBy: 1)
    var windows = Activity.allCases.map { ($0, 0) }
    for index in 0..<count {
      let place = (Double(index) + shift) / Double(count) * 100
      var sum = 0
      let activity = Activity.allCases.firstIndex { activity in
        sum += activity.share
        return place < Double(sum)
      }
      windows[activity ?? windows.count - 1].1 += 1
    }
    return windows
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
