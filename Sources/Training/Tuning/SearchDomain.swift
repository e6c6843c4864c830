internal import Foundation
internal import Kernels

/// What an option may be in a search.
package enum SearchDomain: Sendable, Equatable {
  /// One of these.
  case choices([String])
  /// A number between two, with both ends, uniformly or by its logarithm. Whole where both ends are written so. In a grid, `steps`
  /// numbers at equal distances.
  case range(from: Double, to: Double, isLogarithmic: Bool, isWhole: Bool, steps: Int?)

  /// What a grid tries; nil for a range without steps.
  var gridValues: [String]? {
    switch self {
    case .choices(let values): return values
    case .range(_, _, _, _, let steps):
      guard let steps else { return nil }
      let values = (0..<steps).map { value(at: steps == 1 ? 0 : Double($0) / Double(steps - 1)) }
      // Whole numbers of a narrow range may fall together.
      return values.enumerated().filter { values.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    }
  }

  func draw(_ generator: inout PhiloxGenerator) -> String {
    switch self {
    case .choices(let values): values[generator.nextIndex(below: values.count)]
    case .range: value(at: generator.nextUniform())
    }
  }

  /// The number at a place from 0 to 1 of a range, with three significant digits.
  private func value(at place: Double) -> String {
    guard case .range(let from, let to, let isLogarithmic, let isWhole, _) = self else { return "" }
    let number = isLogarithmic ? exp(log(from) + (log(to) - log(from)) * place) : from + (to - from) * place
    if isWhole { return String(Int(max(from, min(to, number.rounded())))) }
    let unit = number == 0 ? 1 : pow(10, (log10(abs(number))).rounded(.down) - 2)
    return "\(Float((number / unit).rounded() * unit))"
  }
}
