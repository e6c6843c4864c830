internal import NeuralNetworks
package import SystemSupport

/// A setting that no experiment can have.
package struct SettingsError: UserFacingError, Equatable {
  /// What was found and what was expected, a phrase without a full stop.
  package let message: String
  package var exitStatus: ExitStatus { .usage }

  init(_ message: String) { self.message = message }
}

/// The ranges of settings, which options and files are held against.
package enum SettingsRange {
  package static let repeats = 1...10_000
  package static let epochs = 1...100_000
  package static let batchSize = 1...65_536
  package static let checkpointEvery = 0...100_000
  package static let patience = 1...10_000
  package static let subjects = 0...255
  package static let models = 1...64
  package static let threads = 1...1024
  package static let weightDecay: ClosedRange<Float> = 0...1
  // Augmentation.
  static let jitter: ClosedRange<Float> = 0...10
  static let randomScaling: ClosedRange<Float> = 0...10
  /// In degrees.
  static let rotation: ClosedRange<Float> = 0...180
  static let timeWarp: ClosedRange<Float> = 0...0.99
  // A search.
  package static let budget = 1...100_000
  static let folds = 2...100
  static let reduction = 2...100
  static let rungs = 1...10
  static let steps = 1...1000
}

extension ExperimentSettings {
  /// Throws where something can't be. Settings that come from a file are held against it, so that none of them traps.
  package func validate() throws(SettingsError) {
    try require(models.count, in: SettingsRange.models, "\(models.count) models")
    try require(repeats, in: SettingsRange.repeats, "\(repeats) repeats")
    try require(checkpointEvery, in: SettingsRange.checkpointEvery, "a checkpoint every \(checkpointEvery) epochs")
    if let patience = earlyStoppingPatience {
      try require(patience, in: SettingsRange.patience, "a patience of \(patience) epochs")
    }
    if earlyStoppingPatience != nil || restoresBest == true, validationSubjects.isEmpty {
      throw SettingsError("early stopping or the best epoch's weights without validation people")
    }
    for subject in validationSubjects {
      try require(subject, in: SettingsRange.subjects, "the validation person \(subject)")
    }
    for model in models {
      let channels: Int
      do throws(ModelError) {
        channels = try Sequential(model.network).layers[0].inputShape.last ?? 0
      } catch {
        throw SettingsError("\(model.name): \(error.message)")
      }
      try model.training.validate()
      for earlier in model.earlierEpochs ?? [] {
        try require(earlier, in: 1...model.training.epochs, "\(earlier) epochs before there were more")
      }
      guard model.training.augmentation.rotation == 0 || channels % 3 == 0 else {
        throw SettingsError("rotation: windows of \(channels) signals, expected three axes (x, y, z) of each sensor")
      }
    }
  }
}

extension TrainingSettings {
  package func validate() throws(SettingsError) {
    try require(epochs, in: SettingsRange.epochs, "\(epochs) epochs")
    try require(batchSize, in: SettingsRange.batchSize, "a batch size of \(batchSize)")
    let positive: [(String, Float?)] = [
      ("learning rate", learningRate), ("epsilon", epsilon), ("clip norm", clipNorm),
    ]
    for (name, value) in positive {
      if let value, !(value > 0 && value.isFinite) {
        throw SettingsError("\(name): \(value), expected a positive number")
      }
    }
    if let warmupEpochs { try require(warmupEpochs, in: 1...epochs, "\(warmupEpochs) epochs of warm-up") }
    if let weightDecay {
      try require(weightDecay, in: SettingsRange.weightDecay, "a weight decay of \(weightDecay)")
      guard optimizer == .lamb else { throw SettingsError("a weight decay without LAMB") }
    }
    for beta in [beta1, beta2] where !(beta >= 0 && beta < 1) {
      throw SettingsError("a beta of \(beta), expected from 0 and below 1")
    }
    try augmentation.validate()
  }
}

extension AugmentationSettings {
  package func validate() throws(SettingsError) {
    try require(jitter, in: SettingsRange.jitter, "a jitter of \(jitter)")
    try require(scaling, in: SettingsRange.randomScaling, "a random scaling of \(scaling)")
    try require(rotation, in: SettingsRange.rotation, "a rotation of \(rotation) degrees")
    try require(timeWarp, in: SettingsRange.timeWarp, "a time warp of \(timeWarp)")
  }
}

private func require<Value>(_ value: Value, in range: ClosedRange<Value>, _ found: String) throws(SettingsError) {
  guard range.contains(value) else {
    throw SettingsError("\(found), expected \(range.lowerBound) to \(range.upperBound)")
  }
}
