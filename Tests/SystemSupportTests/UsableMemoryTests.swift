import Foundation
import SystemSupport
import Testing
import _TestSupport

@Suite struct UsableMemoryTests {
  @Test(arguments: [("max\n", nil), ("536870912\n", 536_870_912), ("0\n", nil), ("", nil), ("no number", nil)])
  func limitsOfContainers(_ text: String, _ expected: Int?) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("memory.max")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(UsableMemory.limit(path) == expected)
    #expect(UsableMemory.limit(directory.path("missing")) == nil)
  }

  @Test func groupsAndThoseThatHoldThem() {
    #expect(
      UsableMemory.limitFiles("0::/system.slice/job_7\n") == [
        "/sys/fs/cgroup/system.slice/job_7/memory.max", "/sys/fs/cgroup/system.slice/memory.max",
        "/sys/fs/cgroup/memory.max",
      ])
    #expect(
      UsableMemory.limitFiles("5:cpu,cpuacct:/a\n4:hugetlb,memory:/slurm/uid:0\n1:name=systemd:/b\n") == [
        "/sys/fs/cgroup/memory/slurm/uid:0/memory.limit_in_bytes", "/sys/fs/cgroup/memory/slurm/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
      ])
    #expect(UsableMemory.limitFiles("0::/\n") == ["/sys/fs/cgroup/memory.max"])
    #expect(UsableMemory.limitFiles("nonsense\n") == [])
  }
}
