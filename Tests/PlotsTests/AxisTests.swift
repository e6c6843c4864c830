import Foundation
import Plots
import Testing

@Suite("Axes") struct AxisTests {
  private func labels(_ scale: AxisScale) -> [String] { scale.ticks.map(\.label) }

  @Test func ticksAtRoundNumbers() {
    #expect(labels(.linear([0.13, 1.44])) == ["0.0", "0.5", "1.0", "1.5"])
    #expect(labels(.linear([0, 100])) == ["0", "20", "40", "60", "80", "100"])
    #expect(labels(.linear([-3.2, 4])) == ["−4", "−2", "0", "2", "4"])
    #expect(labels(.linear([1, 15], about: 7, endsAtTicks: false)) == ["2", "4", "6", "8", "10", "12", "14"])
    #expect(labels(.linear([1, 3], about: 7, endsAtTicks: false, wholeNumbers: true)) == ["1", "2", "3"])
    #expect(labels(.linear([0, 4e6])) == ["0", "1e6", "2e6", "3e6", "4e6"])
    #expect(labels(.linear([0, 2e-7], about: 3)) == ["0", "1e−7", "2e−7"])
  }

  @Test func equalAndMissingValues() {
    #expect(labels(.linear([1], wholeNumbers: true)) == ["0", "1", "2"])
    #expect(labels(.linear([1], endsAtTicks: false, wholeNumbers: true)) == ["1"])
    let none = AxisScale.linear([.nan, .infinity])
    #expect(none.lower == 0 && none.upper == 1)
    #expect(AxisScale.linear([0.5, .nan, 2]).upper == 2)
  }

  @Test func doublingsAreMarkedAtPowersOfTwo() {
    let scale = AxisScale.doublings([3, 1, 100, -1, .nan])
    #expect(labels(scale) == ["1", "2", "4", "8", "16", "32", "64", "128"])
    #expect(scale.share(of: 1) == 0 && scale.share(of: 128) == 1)
    #expect(abs((scale.share(of: 16) ?? 0) - 4.0 / 7) < 1e-12)
    // Every other one where there is no room for all.
    #expect(
      labels(.doublings([1, 65536], about: 9)) == ["1", "4", "16", "64", "256", "1024", "4096", "16384", "65536"])
    #expect(labels(.doublings([0.25, 1])) == ["0.25", "0.5", "1"])
    #expect(labels(.doublings([])) == ["1", "2"] && labels(.doublings([4, 4])) == ["4", "8"])
  }

  @Test func logarithms() {
    #expect(labels(.logarithmic([1e-4, 1])) == ["1e−4", "0.001", "0.01", "0.1", "1"])
    #expect(labels(.logarithmic([0.03, 0.4])) == ["0.05", "0.1", "0.2"])
    #expect(labels(.logarithmic([3, 4])) == ["3", "4"])
    #expect(labels(.logarithmic([1e-12, 1e12])) == ["1e−12", "1e−7", "0.01", "1000", "1e8"])
    let scale = AxisScale.logarithmic([0.001, 10, -1, 0, .nan])
    #expect(abs((scale.share(of: 0.1) ?? 0) - 0.5) < 1e-12)
    #expect(scale.share(of: 0) == nil && scale.share(of: -1) == nil && scale.share(of: .nan) == nil)
  }

  /// Over many ranges: as many ticks as can be read, in order and inside, a step of 1, 2 or 5 times a power of ten, labels
  /// that say their value.
  @Test func everyRangeHasGoodTicks() {
    for exponent in -12...12 {
      for (low, high) in [(0.0, 1.0), (0.13, 0.97), (-7, 2.4), (1.01, 1.02), (-99, -98.2), (3, 3000), (0, 7.3)] {
        for endsAtTicks in [true, false] {
          let power = pow(10, Double(exponent))
          let scale = AxisScale.linear([low * power, high * power], endsAtTicks: endsAtTicks)
          let values = scale.ticks.map(\.value)
          #expect((2...9).contains(values.count))
          #expect(values == values.sorted() && values.allSatisfy { (scale.lower...scale.upper).contains($0) })
          let slack = 1e-9 * (high - low) * power
          #expect(scale.lower <= low * power + slack && scale.upper >= high * power - slack)
          let steps = zip(values.dropFirst(), values).map { $0 - $1 }
          let step = steps.reduce(0, +) / Double(steps.count)
          #expect(steps.allSatisfy { abs($0 - step) < 1e-6 * step })
          let mantissa = step / pow(10, (log10(step) + 1e-9).rounded(.down))
          #expect([1, 2, 5].contains { abs(mantissa - $0) < 1e-6 }, "\(mantissa)")
          #expect(Set(labels(scale)).count == values.count)
          for tick in scale.ticks {
            let told = Double(tick.label.replacingOccurrences(of: "−", with: "-")) ?? .nan
            #expect(abs(told - tick.value) <= 1e-6 * step, "\(tick)")
          }
        }
      }
    }
  }

  @Test func places() {
    let axis = Axis(.linear([0, 10]), from: 200, to: 100)
    #expect(axis.position(0) == 200 && axis.position(10) == 100 && axis.position(2.5) == 175)
    #expect(axis.position(-10) == 300 && axis.position(.nan) == nil && axis.position(.infinity) == nil)
    #expect(axis.position(1e300)?.isFinite == true)
  }

  @Test(arguments: [
    (0, "0"), (0.0123456, "0.0123"), (4.5, "4.5"), (1234.4, "1234"), (-0.5, "−0.5"), (999_999, "999999"),
    (0.99999, "1"),
    (1.25e-7, "1.25e−7"), (1e8, "1e8"), (9.999e8, "1e9"), (-3.2e12, "−3.2e12"), (Double.nan, "–"), (.infinity, "–"),
    (Double.leastNonzeroMagnitude, "0"), (.greatestFiniteMagnitude, "1.8e308"),
  ])
  func conciseNumbers(_ value: Double, _ text: String) { #expect(NumberText.concise(value) == text) }
}
