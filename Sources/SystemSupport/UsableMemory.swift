import Foundation

/// Memory that this process may use.
package enum UsableMemory {
  /// Bytes of the machine, or of the container that limits the process to less (cgroup v2's `memory.max`, v1's `memory.limit_in_bytes`).
  package static var bytes: Int {
    let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap(limit)
    return limits.reduce(machine, min)
  }

  /// What such a file says; nil where it isn't there or says that there is no limit.
  package static func limit(_ path: String) -> Int? {
    guard let bytes = try? FileSystem.bytes(of: path, at: 0, count: 32) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return Int(text).flatMap { $0 > 0 ? $0 : nil }
  }
}
