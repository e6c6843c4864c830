internal import NeuralNetworks

/// What probabilities are worth against labels.
public struct Evaluation: Sendable, Equatable {
  /// Windows in all.
  public let count: Int
  /// Windows whose most probable class is their label.
  public let correct: Int
  /// The mean of -ln p(label).
  public let loss: Double
  /// Windows by label (row) and prediction (column).
  public let confusion: [[Int]]

  /// The share of correct windows.
  public var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }

  /// From probabilities `[N, classes]` and labels `[N]` below `classes`.
  package init(probabilities: [Float], labels: [UInt8], classes: Int) {
    precondition(probabilities.count == labels.count * classes)
    var confusion = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    var metrics = BatchMetrics()
    probabilities.withUnsafeBufferPointer { p in
      labels.withUnsafeBufferPointer { labels in
        guard let p = p.baseAddress, let first = labels.baseAddress else { return }
        metrics = CategoricalCrossEntropy(classes: classes).metrics(
          probabilities: p, labels: first, rows: labels.count)
        for (row, label) in labels.enumerated() {
          confusion[Int(label)][CategoricalCrossEntropy.mostProbable(p + row * classes, classes: classes)] += 1
        }
      }
    }
    count = labels.count
    correct = metrics.correct
    loss = labels.isEmpty ? 0 : metrics.loss / Double(labels.count)
    self.confusion = confusion
  }
}
