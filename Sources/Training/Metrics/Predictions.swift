package import Kernels
package import Windows

/// What a model says of the windows of a store.
package struct Predictions: Sendable {
  package let store: WindowStore
  package let split: DatasetSplit
  /// `[N, classes]`
  package var probabilities: [Float]

  package init(store: WindowStore, split: DatasetSplit, probabilities: [Float]) {
    self.store = store
    self.split = split
    self.probabilities = probabilities
  }

  package var evaluation: Evaluation {
    Evaluation(probabilities: probabilities, labels: store[split].labels, classes: store.activityNames.count)
  }

  /// The average of the probabilities of several models, which judge the same windows.
  package static func ensemble(_ members: [Predictions]) -> Predictions {
    precondition(!members.isEmpty)
    var all = members[0]
    var sums = Array(repeating: 0.0, count: all.probabilities.count)
    for member in members {
      for (index, probability) in member.probabilities.enumerated() { sums[index] += Double(probability) }
    }
    all.probabilities = sums.map { Float($0 / Double(members.count)) }
    return all
  }
}

/// With what predictions are computed.
package struct PredictionContext: Sendable {
  package let kernels: KernelSet
  package let threads: Int

  package init(kernels: KernelSet, threads: Int) {
    self.kernels = kernels
    self.threads = threads
  }
}

extension WindowStore {
  package subscript(split: DatasetSplit) -> WindowSet { split == .test ? test : train }
}
