#if canImport(Glibc)
  import Glibc
#endif

/// The loss -ln p(label), joined with softmax: its gradient by the logits is p - onehot(label).
///
/// https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class; a minibatch's loss is the mean over its samples.
public enum CategoricalCrossEntropy {
  /// What one shard adds to a minibatch's account.
  public struct Tally: Sendable, Equatable {
    /// The sum of the losses.
    public var loss = 0.0
    /// Samples whose most probable class is their label.
    public var correct = 0

    /// Nothing yet.
    public init(loss: Double = 0, correct: Int = 0) {
      self.loss = loss
      self.correct = correct
    }

    /// Adds another tally.
    public static func += (sum: inout Tally, other: Tally) {
      sum.loss += other.loss
      sum.correct += other.correct
    }
  }

  /// Losses and hits of probabilities `[rows, classes]`. A probability below the smallest normal float counts as that.
  public static func tally(
    probabilities: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, rows: Int, classes: Int
  ) -> Tally {
    var tally = Tally()
    for row in 0..<rows {
      let p = probabilities + row * classes
      let label = Int(labels[row])
      let probability = Double(p[label])
      tally.loss -= log(probability < 0x1p-126 ? 0x1p-126 : probability)
      if mostProbable(p, classes: classes) == label { tally.correct += 1 }
    }
    return tally
  }

  /// The first of the most probable classes.
  public static func mostProbable(_ probabilities: UnsafePointer<Float>, classes: Int) -> Int {
    var best = 0
    for column in 1..<classes where probabilities[column] > probabilities[best] { best = column }
    return best
  }

  /// (p - onehot(label)) · scale for each row; scale is 1 / minibatch rows.
  public static func logitGradient(
    probabilities: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, rows: Int, classes: Int, scale: Float,
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
