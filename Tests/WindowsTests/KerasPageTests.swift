import Foundation
import Testing
import Windows
import _TestSupport

/// What docs/keras.md tells a user of Keras to do with windows is what is done here.
@Suite("docs/keras.md", .enabled(if: Outside.python != nil, Comment(rawValue: Outside.pythonHint)))
struct KerasPageTests {
  /// The page's Python that defines `scaled`.
  private func snippet() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("docs/keras.md"), encoding: .utf8)
    let blocks = page.components(separatedBy: "```python\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
    return try #require(blocks.first { $0.contains("def scaled") })
  }

  @Test(arguments: ScalingMethod.allCases, ScalingGranularity.allCases)
  func scalesAsTheModelSawThem(_ method: ScalingMethod, _ granularity: ScalingGranularity) throws {
    let (count, steps, channels) = (40, 3, 2)
    // Of both signs and different sizes; a signal of the same numbers would have no scale of its own.
    let features = (0..<count * steps * channels).map { (index: Int) -> Float in
      let spread = Float(index * 7919 % 1009) / 300
      return index % 2 == 0 ? spread : spread - 2
    }
    let windows = WindowSet(
      timeSteps: steps, channels: channels, features: features, labels: Array(repeating: 0, count: count),
      subjects: Array(repeating: 1, count: count))
    let scaling = try FeatureScaling.fit(method, granularity, to: windows)
    let expected = try scaling.scaled(windows).features
    let directory = try TemporaryDirectory()
    let text = try directory.write(scaling.jsonText, to: "scaling.json")
    let numbers = try directory.write(features.map { "\($0)" }.joined(separator: "\n"), to: "windows.txt")
    let result = try Outside.runPython(
      """
      import sys
      \(try snippet())
      with h5py.File(sys.argv[3], "w") as model: model.attrs["har_scaling"] = open(sys.argv[1]).read()
      windows = np.loadtxt(sys.argv[2], dtype=np.float32).reshape(\(count), \(steps), \(channels))
      print(*scaled(windows, sys.argv[3]).ravel())
      """, [text, numbers, directory.path("model.h5")])
    #expect(result.status == 0, "\(result.standardError)")
    let found: [Float] = result.standardOutput.split { $0.isWhitespace }.compactMap { Float(String($0)) }
    #expect(found.count == expected.count)
    let differences = zip(found, expected).map { (a: Float, b: Float) -> Float in abs(a - b) / max(1, abs(b)) }
    #expect(differences.allSatisfy { $0 <= 1e-6 })
  }
}
