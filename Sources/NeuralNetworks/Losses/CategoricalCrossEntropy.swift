internal import SystemSupport

/// The loss -ln p(label), joined with softmax: its gradient by the logits is p - onehot(label).
///
/// https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class; a minibatch's loss is the mean over its samples.
package struct CategoricalCrossEntropy: Sendable {
  package let classes: Int

  package init(classes: Int) { self.classes = classes }

  /// Losses and hits of probabilities `[rows, classes]`. A probability below the smallest normal float counts as that.
  package func metrics(
    probabilities: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, rows: Int
  ) -> BatchMetrics {
    var metrics = BatchMetrics()
    for row in 0..<rows {
      let p = probabilities + row * classes
      let label = Int(labels[row])
      let probability = Double(p[label])
      metrics.loss -= log(probability < 0x1p-126 ? 0x1p-126 : probability)
      if Self.mostProbable(p, classes: classes) == label { metrics.correct += 1 }
    }
    return metrics
  }

  /// The first of the most probable classes.
  package static func mostProbable(_ probabilities: UnsafePointer<Float>, classes: Int) -> Int {
    var best = 0
    for column in 1..<classes where probabilities[column] > probabilities[best] { best = column }
    return best
  }

  /// (p - onehot(label)) · scale for each row; scale is 1 / minibatch rows.
  package func logitGradient(
    probabilities: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, rows: Int, scale: Float,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      for column in 0..<classes {
        let target: Float = column == Int(labels[row]) ? 1 : 0
        gradient[row * classes + column] = (probabilities[row * classes + column] - target) * scale
      }
    }
  }
}
