internal import Foundation
internal import SystemSupport

/// How findings are put into words.
enum InspectionWording {
  /// A name, cut where it is long.
  static func cut(_ name: String) -> String { name.count <= 40 ? name : name.prefix(39) + "…" }

  /// `a, b and c`, at most five of them.
  static func listed(_ items: [String]) -> String {
    let limit = 5
    let all = items.prefix(limit) + (items.count > limit ? ["\(items.count - limit) more"] : [])
    return all.count < 2 ? all.joined() : "\(all.dropLast().joined(separator: ", ")) and \(all[all.count - 1])"
  }

  /// A share as percent, such as `2.5%`.
  static func percent(_ share: Double) -> String { "\((share * 100).decimal(digits: 1))%" }
}

extension Double {
  /// With so many significant digits, such as `0.0123` or `1.2e+07`.
  package func significant(_ digits: Int) -> String { String(format: "%.\(digits)g", self) }
}
