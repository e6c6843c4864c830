/// What of the work does not scale: T(n) = T(1) · (s + (1 - s) / n + c · (n - 1)), with Amdahl's serial share s and a share c that
/// each further core costs in communication (the two terms of Gunther's universal scalability law, 1993, stated for time).
public struct ScalingFit: Sendable, Equatable {
  /// s, from 0.
  public let serialShare: Double
  /// c, from 0; nil where the points cannot tell it from s.
  public let communicationShare: Double?

  /// The least squares of non-negative shares over points (cores, time relative to one core's). Nil without a point beyond one
  /// core; with only one such point all loss is taken to be serial.
  public init?(_ points: [(cores: Int, relativeTime: Double)]) {
    let beyond = points.filter { $0.cores > 1 }
    guard !beyond.isEmpty else { return nil }
    // y = s · u + c · v, linear in both.
    let rows = beyond.map { point in
      let n = Double(point.cores)
      return (y: point.relativeTime - 1 / n, u: 1 - 1 / n, v: n - 1)
    }
    func sum(_ term: ((y: Double, u: Double, v: Double)) -> Double) -> Double { rows.reduce(0) { $0 + term($1) } }
    let (uu, uv, vv) = (sum { $0.u * $0.u }, sum { $0.u * $0.v }, sum { $0.v * $0.v })
    let (uy, vy) = (sum { $0.u * $0.y }, sum { $0.v * $0.y })
    let serialAlone = max(0, uy / uu)
    guard Set(beyond.map(\.cores)).count > 1 else {
      serialShare = serialAlone
      communicationShare = nil
      return
    }
    let determinant = uu * vv - uv * uv
    let serial = (uy * vv - vy * uv) / determinant
    let communication = (vy * uu - uy * uv) / determinant
    if communication < 0 {
      (serialShare, communicationShare) = (serialAlone, 0)
    } else if serial < 0 {
      (serialShare, communicationShare) = (0, max(0, vy / vv))
    } else {
      (serialShare, communicationShare) = (serial, communication)
    }
  }

  /// The speed-up on so many cores.
  public func speedup(cores: Int) -> Double {
    let n = Double(cores)
    return 1 / (serialShare + (1 - serialShare) / n + (communicationShare ?? 0) * (n - 1))
  }
}
