import Recordings

/// Windows of one activity that a person wore the phone for without a break; they overlap by half.
struct Stretch {
  let activity: Activity
  /// Of the person, from 1, which its random numbers depend on.
  let number: UInt64
  let windows: Int

  /// A person's windows in their order: the activities one after the other, each in stretches of some twenty windows, as in the real
  /// recordings.
  static func all(of person: Person, count: Int) -> [Stretch] {
    var stretches: [Stretch] = []
    for (activity, windows) in shares(of: person, count: count) {
      var left = windows
      while left > 0 {
        let size = min(left, 20)
        left -= size
        stretches.append(Stretch(activity: activity, number: UInt64(stretches.count + 1), windows: size))
      }
    }
    return stretches
  }

  /// How many windows of each activity, in their order; the fractions that are left over differ from person to person,
  /// so that a small dataset has all activities too.
  private static func shares(of person: Person, count: Int) -> [(Activity, Int)] {
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
}
