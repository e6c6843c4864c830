internal import Foundation
internal import SystemSupport

/// A process as it introduces itself.
struct RankDescription: Codable, Sendable, Equatable {
  let host: String
  let version: String
  /// How its kernels round.
  let arithmetic: String
  /// Processors that it may use.
  let cores: Int
  /// The digest of what its mathematics library makes of some numbers: libraries differ in last bits, which scalings and losses have
  /// from them.
  let mathematics: String

  init(version: String, arithmetic: String, cores: Int) {
    host = ProcessInfo.processInfo.hostName
    self.version = version
    self.arithmetic = arithmetic
    self.cores = cores
    let values = (1...1000).flatMap { number -> [Double] in
      let x = Double(number) * 0.01234
      return [log(x), log1p(x), expm1(x), exp(-x), pow(x, 0.37)]
    }
    mathematics = String(values.withUnsafeBytes { SHA256Digest.of($0) }.prefix(12))
  }

  /// What another process has otherwise, so that the two would not come to the same bits, in a phrase; nil for nothing.
  func difference(of other: RankDescription) -> String? {
    let facts = [
      ("version", other.version, version), ("arithmetic", other.arithmetic, arithmetic),
      ("a mathematics library of digest", other.mathematics, mathematics),
    ]
    return facts.first { $0.1 != $0.2 }.map { "has \($0.0) \($0.1), expected \($0.2)" }
  }
}
