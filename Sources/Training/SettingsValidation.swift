import NeuralNetworks

extension ExperimentSettings {
  /// What no experiment can be, in a phrase; nil where all is possible. Settings that come from a file are held against it, so
  /// that none of them traps.
  public var impossibility: String? {
    guard (1...64).contains(models.count) else { return "\(models.count) models, expected 1 to 64" }
    guard (1...10_000).contains(repeats) else { return "\(repeats) repeats, expected 1 to 10000" }
    guard (0...100_000).contains(checkpointEvery) else {
      return "a checkpoint every \(checkpointEvery) epochs, expected 0 to 100000"
    }
    if let patience = earlyStoppingPatience {
      guard (1...10_000).contains(patience) else { return "a patience of \(patience) epochs, expected 1 to 10000" }
    }
    if let wrong = validationSubjects.first(where: { !(1...255).contains($0) }) {
      return "the validation person \(wrong), expected 1 to 255"
    }
    for model in models {
      do throws(KerasFileError.Problem) {
        _ = try model.configuration.makeCheckedModel()
      } catch {
        return error.description
      }
      if let reason = model.training.impossibility { return reason }
      let channels = model.configuration.channels
      guard model.training.augmentation.rotation == 0 || channels % 3 == 0 else {
        return "rotation: windows of \(channels) signals, expected three axes (x, y, z) of each sensor"
      }
    }
    return nil
  }
}

extension TrainingSettings {
  /// What no training can be, in a phrase; nil where all is possible.
  public var impossibility: String? {
    guard (1...100_000).contains(epochs) else { return "\(epochs) epochs, expected 1 to 100000" }
    guard (1...4096).contains(batchSize) else { return "a batch size of \(batchSize), expected 1 to 4096" }
    let positive: [(String, Float?)] = [
      ("learning rate", learningRate), ("epsilon", epsilon), ("clip norm", clipNorm),
    ]
    for (name, value) in positive {
      if let value, !(value > 0 && value.isFinite) { return "\(name): \(value), expected a positive number" }
    }
    for beta in [beta1, beta2] where !(beta >= 0 && beta < 1) {
      return "a beta of \(beta), expected from 0 and below 1"
    }
    return augmentation.impossibility
  }
}
