import Foundation
import Testing
import _TestSupport

/// What a Python script prints as a JSON list of cases.
func pythonCases<Case: Decodable>(
  _ type: Case.Type, _ script: String, _ arguments: [String] = []
) throws -> [Case] {
  let result = try Outside.runPython(script, arguments)
  try #require(result.status == 0, "\(result.standardError)")
  let cases = try JSONDecoder().decode([Case].self, from: Data(result.standardOutput.utf8))
  try #require(!cases.isEmpty)
  return cases
}

/// Whether a number is within a tolerance of another, relative to it where that is above 1.
func near(_ found: Double?, _ expected: Double?, _ tolerance: Double = 1e-12) -> Bool {
  guard let found, let expected else { return found == nil && expected == nil }
  return found == expected || abs(found - expected) <= tolerance * max(1, abs(expected))
}
