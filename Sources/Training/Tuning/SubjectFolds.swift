internal import Kernels
internal import NeuralNetworks

/// Groups of people for cross-validation: everybody is held out once, and nobody's windows are on both sides.
package enum SubjectFolds {
  /// `count` groups of about the same number of people, the same ones for a seed, each in ascending order.
  ///
  /// People are dealt out after a shuffle, so that groups differ by one person at most.
  package static func make(subjects: [Int], count: Int, seed: UInt64) -> [[Int]] {
    var people = Set(subjects).sorted()
    precondition(count >= 2 && count <= people.count)
    var generator = PhiloxGenerator(
      key: PhiloxGenerator.key(seed: seed, repeatIndex: 0), stream: (RandomPurpose.folds, 0, 0))
    for i in stride(from: people.count - 1, to: 0, by: -1) { people.swapAt(i, generator.nextIndex(below: i + 1)) }
    return (0..<count).map { fold in stride(from: fold, to: people.count, by: count).map { people[$0] }.sorted() }
  }
}
