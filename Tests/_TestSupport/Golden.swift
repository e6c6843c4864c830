import Foundation
import HDF5

/// A case of the goldens that data-tools/keras/make_goldens.py makes with the real Keras.
package struct Golden {
  private let group: Group
  /// The settings as JSON.
  package let configText: String
  /// The settings of the layer or network.
  package let config: [String: Any]

  /// A case of a file in Tests/NeuralNetworksTests/Goldens.
  package init(file: String, name: String) throws {
    group = try File.open(Self.path(file)).root.group(name)
    configText = try group.attribute("config").string()
    config = try JSONSerialization.jsonObject(with: Data(configText.utf8)) as? [String: Any] ?? [:]
  }

  /// Names of a file's cases.
  package static func names(_ file: String) -> [String] { (try? File.open(path(file)).root.memberNames()) ?? [] }

  private static func path(_ file: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("NeuralNetworksTests/Goldens/\(file)").path
  }

  /// An array, row-major.
  package func floats(_ name: String) throws -> [Float] { try group.dataset(name).read(as: Float.self) }
  package func shape(_ name: String) throws -> [Int] { try group.dataset(name).shape }
  package func labels() throws -> [UInt8] { try group.dataset("labels").read(as: UInt8.self) }
  package func integer(attribute: String) throws -> Int { Int(try group.attribute(attribute).integer()) }

  /// The arrays `name/0`, `name/1` ….
  package func list(_ name: String) throws -> [[Float]] {
    let count = try group.group(name).memberNames().count
    return try (0..<count).map { try floats("\(name)/\($0)") }
  }

  /// A setting, at the place where it stands in this layer or in the one that a `TimeDistributed` wraps.
  package func setting<Value>(_ key: String, _: Value.Type = Value.self) -> Value? { innerConfig[key] as? Value }

  private var innerConfig: [String: Any] {
    ((config["layer"] as? [String: Any])?["config"] as? [String: Any]) ?? config
  }
}

/// The largest difference of two arrays; infinite where their counts differ or one is not a number.
package func largestDifference(_ found: [Float], _ expected: [Float]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).reduce(0) { largest, pair in
    let difference = abs(Double(pair.0) - Double(pair.1))
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

/// The largest magnitude in an array.
package func largestMagnitude(_ values: [Float]) -> Double { values.reduce(0) { max($0, abs(Double($1))) } }
