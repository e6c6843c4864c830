/// How well probabilities say how often the prediction is right: reliability bins and the errors over them (Guo et al., "On
/// calibration of modern neural networks", ICML 2017), and the Brier score.
package struct Calibration: Sendable, Equatable {
  /// The windows whose confidence, the predicted class's probability, is in one of M equal parts of (0, 1], each with its upper end.
  package struct Bin: Sendable, Equatable {
    package let windows: Int
    /// The windows' mean confidence; nil without windows.
    package let confidence: Double?
    /// The share of them predicted correctly; nil without windows.
    package let accuracy: Double?

    /// |accuracy - confidence|; nil without windows.
    package var gap: Double? {
      guard let accuracy, let confidence else { return nil }
      return abs(accuracy - confidence)
    }
  }

  /// By ascending confidence, empty ones too.
  package let bins: [Bin]
  /// The mean over windows of the squared distance between the probabilities and the label's one-hot vector, 0 to 2 (Brier,
  /// "Verification of forecasts expressed in terms of probability", 1950).
  package let brierScore: Double

  /// From probabilities `[N, classes]` and labels `[N]` below `classes`; the first of equally probable classes is predicted.
  ///
  /// nil of no windows, or where a probability is not a number in 0...1.
  package init?(probabilities: [Float], labels: [UInt8], classes: Int, bins count: Int = 15) {
    precondition(count > 0 && classes > 0 && probabilities.count == labels.count * classes)
    guard !labels.isEmpty && probabilities.allSatisfy({ $0 >= 0 && $0 <= 1 }) else { return nil }
    var windows = Array(repeating: 0, count: count)
    var correct = windows
    var confidences = Array(repeating: 0.0, count: count)
    var squares = 0.0
    for (row, label) in labels.enumerated() {
      precondition(Int(label) < classes, "labels are below classes")
      var predicted = 0
      for column in 0..<classes {
        let probability = probabilities[row * classes + column]
        if probability > probabilities[row * classes + predicted] { predicted = column }
        let distance = Double(probability) - (column == Int(label) ? 1 : 0)
        squares += distance * distance
      }
      let confidence = Double(probabilities[row * classes + predicted])
      // A Float times a small whole number is exact, and so is the side of an edge.
      let bin = max(0, Int((confidence * Double(count)).rounded(.up)) - 1)
      windows[bin] += 1
      confidences[bin] += confidence
      if predicted == Int(label) { correct[bin] += 1 }
    }
    brierScore = squares / Double(labels.count)
    bins = (0..<count).map { bin in
      func mean(_ sum: Double) -> Double? { windows[bin] == 0 ? nil : sum / Double(windows[bin]) }
      return Bin(
        windows: windows[bin], confidence: mean(confidences[bin]), accuracy: mean(Double(correct[bin])))
    }
  }

  /// The bins' mean gap, each counted as many times as it has windows.
  package var expectedError: Double {
    let windows = bins.reduce(0) { $0 + $1.windows }
    return bins.reduce(0) { $0 + Double($1.windows) * ($1.gap ?? 0) } / Double(windows)
  }

  /// The largest gap of a bin that has windows.
  package var maximumError: Double { bins.compactMap(\.gap).max() ?? 0 }
}
