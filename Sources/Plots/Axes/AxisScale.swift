internal import Foundation

/// A range of values with ticks at round ones: steps of 1, 2 or 5 times a power of ten (Heckbert, "Nice Numbers for Graph
/// Labels", Graphics Gems, 1990).
public struct AxisScale: Sendable {
  /// A marked value.
  package struct Tick: Sendable, Equatable {
    /// From `lower` to `upper`.
    package let value: Double
    /// With as many decimals as the step between ticks needs.
    package let label: String
  }

  /// The value at the start; positive on a logarithmic scale.
  package let lower: Double
  /// The value at the end, above `lower`.
  package let upper: Double
  /// Whether equal ratios, rather than differences, are equally far apart.
  let isLogarithmic: Bool
  /// Ascending, all from `lower` to `upper`.
  package let ticks: [Tick]

  /// A scale over values, those aside that are not finite or exceed 1e100 in size; 0 to 1 where none remain.
  /// - Parameters:
  ///   - about: how many ticks are wished for.
  ///   - endsAtTicks: whether the range grows until both ends are ticks.
  ///   - wholeNumbers: whether only whole numbers are marked.
  public static func linear(
    _ values: [Double], about: Int = 5, endsAtTicks: Bool = true, wholeNumbers: Bool = false
  ) -> AxisScale {
    var (lower, upper) = bounds(values.filter(isUsable), apart: wholeNumbers ? 0.5 : nil)
    let step = step((upper - lower) / Double(max(about, 2) - 1), wholeNumbers: wholeNumbers)
    if endsAtTicks {
      lower = (lower / step.size).rounded(.down) * step.size
      upper = (upper / step.size).rounded(.up) * step.size
    }
    return AxisScale(lower: lower, upper: upper, isLogarithmic: false, ticks: ticks(lower, upper, step))
  }

  /// A scale of the logarithms of values, those aside that are not positive and finite; 1 to 10 where none remain. Ticks
  /// are at powers of ten, and at 2 and 5 times those where there would be fewer than two.
  package static func logarithmic(_ values: [Double], about: Int = 5) -> AxisScale {
    let usable = values.filter { isUsable($0) && $0 >= 1e-100 }
    var (lower, upper) = (usable.min() ?? 1, usable.max() ?? 10)
    if upper < lower * 1.000001 { (lower, upper) = (lower / 2, upper * 2) }
    let first = Int(log10(lower).rounded(.down))
    let last = Int(log10(upper).rounded(.up))
    func marks(_ multiples: [Double], every: Int = 1) -> [Tick] {
      var marks: [Tick] = []
      for exponent in stride(from: first, through: last, by: every) {
        for multiple in multiples {
          let value = multiple * pow(10, Double(exponent))
          guard value >= lower * 0.999999, value <= upper * 1.000001 else { continue }
          marks.append(Tick(value: min(max(value, lower), upper), label: powerLabel(value)))
        }
      }
      return marks
    }
    let decades = Double(last - first)
    var found = marks([1], every: max(1, Int((decades / Double(max(about, 2))).rounded(.up))))
    if found.count < 2 { found = marks([1, 2, 5]) }
    if found.count < 2 {
      found = [lower, upper].map { Tick(value: $0, label: NumberText.concise($0)) }
    }
    return AxisScale(lower: lower, upper: upper, isLogarithmic: true, ticks: found)
  }

  /// A scale of the logarithms of values, those aside that are not positive and finite; 1 to 2 where none remain. Ticks are at powers
  /// of two, as many as wished for at most.
  public static func doublings(_ values: [Double], about: Int = 8) -> AxisScale {
    let usable = values.filter { isUsable($0) && $0 >= 1e-100 }
    let first = Int(log2(usable.min() ?? 1).rounded(.down))
    let last = max(Int(log2(usable.max() ?? 2).rounded(.up)), first + 1)
    let every = (last - first) / max(about, 2) + 1
    let ticks = stride(from: first, through: last, by: every).map { exponent in
      Tick(value: exp2(Double(exponent)), label: NumberText.concise(exp2(Double(exponent)), digits: 6))
    }
    return AxisScale(lower: exp2(Double(first)), upper: exp2(Double(last)), isLogarithmic: true, ticks: ticks)
  }

  /// Where a value lies, 0 at `lower` and 1 at `upper`, beyond them too; nil for one that has no place.
  package func share(of value: Double) -> Double? {
    guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
    let share =
      isLogarithmic ? log(value / lower) / log(upper / lower) : (value - lower) / (upper - lower)
    return share.isFinite ? min(max(share, -100), 100) : nil
  }

  /// What a tick's label below the axis needs beside the axis' end.
  func aside(_ tick: Tick?) -> Double { max(12, (tick.map { TextWidth.of($0.label) / 2 } ?? 0) + 4) }

  /// The widest label's width in user units.
  var labelWidth: Double { ticks.map { TextWidth.of($0.label) }.max() ?? 0 }

  // MARK: Linear ticks

  private struct Step {
    let size: Double
    /// That labels need.
    let decimals: Int
  }

  static func isUsable(_ value: Double) -> Bool { abs(value) <= 1e100 }

  /// The least and the largest value, moved apart where they are so near that no tick would tell them apart.
  private static func bounds(_ values: [Double], apart: Double?) -> (Double, Double) {
    guard let lower = values.min(), let upper = values.max() else { return (0, 1) }
    guard upper - lower <= 1e-9 * max(abs(lower), abs(upper)) else { return (lower, upper) }
    let half = max(apart ?? abs(lower) * 0.1, abs(lower) * 1e-6)
    return half == 0 ? (-0.5, 0.5) : (lower - half, upper + half)
  }

  private static func step(_ raw: Double, wholeNumbers: Bool) -> Step {
    let raw = max(raw, wholeNumbers ? 1 : 1e-300)
    let exponent = Int(log10(raw).rounded(.down))
    let power = pow(10, Double(exponent))
    let multiple: Double =
      switch raw / power {
      case ..<1.5: 1
      case ..<3: 2
      case ..<7: 5
      default: 10
      }
    return Step(size: multiple * power, decimals: max(0, multiple == 10 ? -exponent - 1 : -exponent))
  }

  private static func ticks(_ lower: Double, _ upper: Double, _ step: Step) -> [Tick] {
    let first: Double = (lower / step.size - 1e-6).rounded(.up)
    let most = max(abs(lower), abs(upper))
    let digits = Int(log10(most / step.size).rounded(.up))
    var ticks: [Tick] = []
    for index in 0..<50 {
      let value: Double = (first + Double(index)) * step.size
      guard value <= upper + 1e-6 * step.size else { break }
      let label: String
      if most < 1e6, step.decimals <= 5 {
        label = NumberText.fixed(value, step.decimals)
      } else if abs(value) < step.size / 2 {
        label = "0"
      } else {
        label = NumberText.scientific(value, min(max(digits, 0), 6))
      }
      ticks.append(Tick(value: min(max(value, lower), upper), label: label))
    }
    return ticks
  }

  private static func powerLabel(_ value: Double) -> String {
    (1e-3...1e4).contains(value * 1.0000001) ? NumberText.concise(value, digits: 1) : NumberText.scientific(value, 1)
  }
}
