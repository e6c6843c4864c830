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
}
