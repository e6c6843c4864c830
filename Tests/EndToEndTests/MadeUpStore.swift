import Testing
import _TestSupport

extension TemporaryDirectory {
  /// Makes up recordings of so many windows in `made`, and converts them to a store.
  func makeStore(size: Int, at store: String = "store.h5") throws {
    let made = try Executable(product: "har-synthesize").run(["made", "--size", "\(size)", "--quiet"], in: path)
    #expect(made.status == 0, "\(made.standardError)")
    let converted = try Executable(product: "har-convert").run(["made", store, "--quiet"], in: path)
    #expect(converted.status == 0, "\(converted.standardError)")
  }
}
