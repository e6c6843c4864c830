internal import Kernels
internal import NeuralNetworks

/// What a search tries: options of training that are fixed, and options that vary, all by the names that the command gives them.
package struct SearchSpace: Sendable {
  /// How trials are chosen and how long they train.
  package enum Method: String, Sendable, CaseIterable {
    /// Every combination.
    case grid
    /// Combinations at random (Bergstra & Bengio, 2012).
    case random
    /// Combinations at random, of which ever fewer train ever longer: successive halving (Jamieson & Talwalkar, 2016) with the
    /// geometric rungs of ASHA (Li et al., 2020). Rungs wait for their last trial, so that no promotion depends on timing.
    case asha
  }

  /// A value of an option.
  package struct Assignment: Sendable, Hashable {
    /// Such as `learning-rate`.
    package let name: String
    /// Its value as a user would write it; `true` and `false` for flags.
    package let value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package var method = Method.random
  /// Groups of people that take turns as the ones held out.
  package var folds = 5
  /// Of the trials of a rung, one in so many goes on to the next (asha).
  package var reduction = 3
  /// Rungs (asha); on each a trial has trained `reduction` times as long as on the one before.
  package var rungs = 3
  /// Options that are the same in every trial.
  package var options: [Assignment] = []
  /// Options that vary, with what they may be.
  package var parameters: [(name: String, domain: SearchDomain)] = []

  /// Combinations of a grid; nil where they are too many to count, or a range has no steps.
  package var gridCount: Int? {
    var count = 1
    for (_, domain) in parameters {
      guard let values = domain.gridValues else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: values.count)
      if overflow { return nil }
      count = product
    }
    return count
  }

  /// The combinations to try, at most `budget`, none twice: the same ones for a seed. A grid larger than the budget gives a random
  /// part of it.
  package func combinations(budget: Int, seed: UInt64) -> [[Assignment]] {
    let gridCount = method == .grid ? gridCount : nil
    if let gridCount, gridCount <= budget { return (0..<gridCount).map { gridCombination($0) } }
    var chosen: [[Assignment]] = []
    var seen: Set<[Assignment]> = []
    var generator = PhiloxGenerator(
      key: PhiloxGenerator.key(seed: seed, repeatIndex: 0), stream: (RandomPurpose.search, 0, 0))
    // Small spaces run out of new combinations before they fill a large budget.
    var misses = 0
    while chosen.count < budget, misses < 1000 {
      let combination =
        gridCount.map { gridCombination(generator.nextIndex(below: $0)) }
        ?? parameters.map { Assignment(name: $0.name, value: $0.domain.draw(&generator)) }
      if seen.insert(combination).inserted {
        chosen.append(combination)
        misses = 0
      } else {
        misses += 1
      }
    }
    return chosen
  }

  /// The last parameter varies fastest.
  private func gridCombination(_ index: Int) -> [Assignment] {
    var rest = index
    var values: [Assignment] = []
    for (name, domain) in parameters.reversed() {
      let choices = domain.gridValues ?? []
      values.append(Assignment(name: name, value: choices[rest % choices.count]))
      rest /= choices.count
    }
    return values.reversed()
  }

  /// Epochs after which the trials of each rung are judged, of `epochs` in all; only the last for other methods than asha.
  package func rungEpochs(_ epochs: Int) -> [Int] {
    guard method == .asha else { return [epochs] }
    var rungEpochs = [epochs]
    // By what was rounded up before gives the same as by the power of the reduction, which may be too large for any number.
    for _ in 1..<rungs { rungEpochs.append((rungEpochs.last! + reduction - 1) / reduction) }
    return rungEpochs.reversed()
  }
}
