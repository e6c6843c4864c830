package import ModelFiles
internal import SystemSupport
internal import Windows

extension Trainer {
  /// Whether a checkpoint's numbers could be this trainer's.
  func accepts(_ checkpoint: Checkpoint) -> Bool {
    let counts = [checkpoint.parameters.count, checkpoint.firstMoment.count, checkpoint.secondMoment.count]
    let record = checkpoint.record
    let progress = record.progress
    guard checkpoint.bestParameters.count == (record.bestEpoch == nil ? 0 : parameters.count) else { return false }
    return counts.allSatisfy { $0 == parameters.count } && (0...settings.epochs).contains(progress.epoch)
      && (0..<windows.count).contains(progress.position) && progress.position % settings.batchSize == 0
      && (0...settings.epochs * stepsPerEpoch).contains(progress.step)
  }

  func restore(_ checkpoint: Checkpoint) {
    parameters.write(checkpoint.parameters)
    optimizer.firstMoment.write(checkpoint.firstMoment)
    optimizer.secondMoment.write(checkpoint.secondMoment)
    progress = checkpoint.record.progress
    if !checkpoint.bestParameters.isEmpty { keepBest(checkpoint.bestParameters) }
  }

  /// The state between two steps, for a slot to keep.
  func checkpoint(_ record: RepeatRecord) -> Checkpoint {
    Checkpoint(
      identity: "", record: record, scaling: scalingText, parameters: parameters.array,
      firstMoment: optimizer.firstMoment.array, secondMoment: optimizer.secondMoment.array,
      bestParameters: bestParameters?.array ?? [])
  }

  /// The scaling of the windows as JSON; empty for none.
  var scalingText: String { scaling?.jsonText ?? "" }

  package var weightsDigest: String {
    SHA256Digest.of(UnsafeRawBufferPointer(start: parameters.address, count: parameters.count * 4))
  }
}

extension KerasTrainingConfig {
  /// How Keras would go on training as these settings did; nil for LAMB, whose weight decay is another one in Keras.
  init?(_ settings: TrainingSettings) {
    guard settings.optimizer != .lamb else { return nil }
    self.init(
      learningRate: settings.learningRate, adam: settings.adam, globalClipNorm: settings.clipNorm)
  }
}

extension KerasModelFile {
  /// The attribute with the scaling that windows need before the model sees them, as JSON.
  package static let scalingAttribute = "har_scaling"
}
