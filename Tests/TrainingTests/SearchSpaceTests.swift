import Foundation
import SystemSupport
import Testing
import Training

/// What a search tries, and how its file is read.
@Suite struct SearchSpaceTests {
  static let text = """
    # A comment
    method: asha
    folds: 4
    reduction: 2
    rungs: 3
    options:
      model: cnn-lstm
      epochs: 25
    parameters:
      units: [50, 100, 200]
      bidirectional: [false, true]
      dropout: {from: 0.2, to: 0.6}
      learning-rate: {from: 0.0001, to: 0.01, scale: log, steps: 3}
      batch-size: {from: 16, to: 128}
    """

  private func space(_ text: String = text) throws -> SearchSpace { try SearchSpaceFile.parse(text, path: "s.yaml") }

  @Test func isReadAsItStands() throws {
    let space = try space()
    #expect(space.method == .asha)
    #expect(space.folds == 4 && space.reduction == 2 && space.rungs == 3)
    #expect(space.options == [.init(name: "model", value: "cnn-lstm"), .init(name: "epochs", value: "25")])
    #expect(space.parameters.map(\.name) == ["units", "bidirectional", "dropout", "learning-rate", "batch-size"])
    #expect(space.parameters[0].domain == .choices(["50", "100", "200"]))
    #expect(
      space.parameters[3].domain == .range(from: 0.0001, to: 0.01, isLogarithmic: true, isWhole: false, steps: 3))
  }

  /// Rungs by integer arithmetic that can't be exceeded, the last one with all epochs.
  @Test(arguments: [(10, 79, 100_000), (10, 100, 1), (3, 3, 25), (4, 2, 100_000), (10, 2, 1000), (1, 5, 7)])
  func rungsOfAnyReduction(_ rungs: Int, _ reduction: Int, _ epochs: Int) throws {
    var space = try space()
    (space.method, space.rungs, space.reduction) = (.asha, rungs, reduction)
    let expected = (0..<rungs).reversed().map { rung in
      max(1, Int((Double(epochs) / pow(Double(reduction), Double(rung)) - 1e-9).rounded(.up)))
    }
    #expect(space.rungEpochs(epochs) == expected)
  }

  /// Aliases of aliases would take for ever, as values and as keys.
  @Test(arguments: ["options: {epochs: *a}", "? *a\n: 1", "a: &a [1]", "[*a, *a]", "options:\n  - &b x"])
  func aliasesAreRefused(_ text: String) {
    let error = #expect(throws: InputError.self) { try space(text) }
    #expect(error?.found == "an anchor or an alias")
  }

  @Test func aliasBomb() {
    var text = "a0: &a0 [x, x]\n"
    for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    let error = #expect(throws: InputError.self) { try space(text + "? *a60\n: 1\n") }
    #expect(error?.line == 1 && error?.column == 5)
    #expect((try? space(Self.text + "\n# *important* & true\n")) != nil)
  }

  @Test func deepNesting() {
    for text in [String(repeating: "[", count: 200_000), String(repeating: "{a: ", count: 200_000)] {
      #expect(throws: InputError.self) { try space(text) }
    }
  }

  @Test func gridsAreWhole() throws {
    var space = try space()
    space.method = .grid
    #expect(space.gridCount == nil)
    space.parameters.removeAll { $0.name == "dropout" || $0.name == "batch-size" }
    #expect(space.gridCount == 18)
    let all = space.combinations(budget: 100, seed: 1)
    #expect(all.count == 18)
    #expect(Set(all).count == 18)
    #expect(all[0].map(\.value) == ["50", "false", "0.0001"])
    #expect(all[1].map(\.value) == ["50", "false", "0.001"])
    #expect(all[17].map(\.value) == ["200", "true", "0.01"])
    let some = space.combinations(budget: 7, seed: 1)
    #expect(Set(some).count == 7)
    #expect(Set(some).isSubset(of: all))
  }

  @Test func drawsStayInTheirRangesAndDependOnTheSeed() throws {
    let space = try space()
    let drawn = space.combinations(budget: 200, seed: 5)
    #expect(drawn.count == 200 && Set(drawn).count == 200)
    #expect(drawn == space.combinations(budget: 200, seed: 5))
    #expect(drawn != space.combinations(budget: 200, seed: 6))
    var below = 0
    for combination in drawn {
      #expect(["50", "100", "200"].contains(combination[0].value))
      let dropout = try #require(Double(combination[2].value))
      #expect(dropout >= 0.2 && dropout <= 0.6)
      let rate = try #require(Double(combination[3].value))
      #expect(rate >= 0.0001 && rate <= 0.01)
      if rate < 0.001 { below += 1 }
      let batch = try #require(Int(combination[4].value))
      #expect((16...128).contains(batch))
    }
    // Half of a logarithmic range's draws lie below its geometric mean.
    #expect((70...130).contains(below))
  }

  @Test func rungsAreGeometric() throws {
    var space = try space()
    space.reduction = 3
    #expect(space.rungEpochs(27) == [3, 9, 27])
    #expect(space.rungEpochs(25) == [3, 9, 25])
    #expect(space.rungEpochs(1) == [1, 1, 1])
    space.method = .random
    #expect(space.rungEpochs(25) == [25])
  }

  @Test(arguments: [
    ("method: asha", "method: best", 2, 9, "grid, random or asha"), ("folds: 4", "folds: 1", 3, 8, "2 to 100"),
    ("folds: 4", "fold: 4", 3, 1, "folds"), ("units: [50, 100, 200]", "units: []", 10, 10, "at least one"),
    ("units: [50, 100, 200]", "units: 50", 10, 10, "a list"), ("to: 0.6", "to: 0.1", 12, 12, "from and to"),
    ("from: 0.0001", "from: 0", 13, 18, "above 0"), ("scale: log", "scale: root", 13, 50, "linear or log"),
    ("epochs: 25", "epochs: [25]", 8, 11, "one value"), ("[false, true]", "[false, true", 12, 3, "YAML"),
    ("  epochs: 25", "  model: lstm", 7, 3, "once"),
  ])
  func wrongFiles(_ good: String, _ bad: String, _ line: Int, _ column: Int, _ word: String) throws {
    let text = Self.text.replacing(good, with: bad)
    #expect(text != Self.text)
    let error = #expect(throws: InputError.self) { try space(text) }
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    #expect(error?.line == line, "\(error?.message ?? "")")
    #expect(error?.file == "s.yaml")
  }

  @Test(arguments: [
    "", "- a", "parameters:", "method: grid", "a: &a [*a]", "\u{0}", String(repeating: "[", count: 100_000),
  ])
  func textsThatAreNoSearchSpaces(_ text: String) throws {
    #expect(throws: InputError.self) { try space(text) }
  }

  @Test func missingFile() {
    let error = #expect(throws: InputError.self) { try SearchSpaceFile.text("/nowhere/space.yaml") }
    #expect(error?.exitStatus == .noInput)
  }
}
