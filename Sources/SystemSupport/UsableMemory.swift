internal import CPlatform
import Foundation

/// Memory that this process may use.
package enum UsableMemory {
  /// Bytes of the machine, or less where the process's group (of a container, a service, a job) or its own limit allows less.
  package static var bytes: Int {
    let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let groups = (try? FileSystem.bytes(of: "/proc/self/cgroup", at: 0, count: 1 << 16)) ?? []
    let limits = limitFiles(String(decoding: groups, as: UTF8.self)).compactMap(limit)
    return (limits + [Int(clamping: platform_memory_limit())]).reduce(machine, min)
  }

  /// The files that may limit the groups of a `/proc/self/cgroup`, and those that hold them (cgroup v2's `memory.max`, v1's
  /// `memory.limit_in_bytes`): the kernel's Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.
  package static func limitFiles(_ groups: String) -> [String] {
    var files: [String] = []
    for line in groups.split(separator: "\n") {
      // number:controllers:path
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[1].isEmpty || parts[1].split(separator: ",").contains("memory") else { continue }
      let (root, name) =
        parts[1].isEmpty ? ("/sys/fs/cgroup", "memory.max") : ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
      var names = parts[2].split(separator: "/")
      while true {
        files.append(([root] + names.map(String.init) + [name]).joined(separator: "/"))
        guard names.popLast() != nil else { break }
      }
    }
    return files
  }

  /// What such a file says; nil where it isn't there or says that there is no limit.
  package static func limit(_ path: String) -> Int? {
    guard let bytes = try? FileSystem.bytes(of: path, at: 0, count: 32) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return Int(text).flatMap { $0 > 0 ? $0 : nil }
  }
}
