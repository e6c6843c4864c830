import NeuralNetworks

extension Trainer {
  /// Whether a checkpoint's numbers could be this trainer's.
  func accepts(_ checkpoint: Checkpoint) -> Bool {
    let counts = [checkpoint.parameters.count, checkpoint.firstMoment.count, checkpoint.secondMoment.count]
    let progress = checkpoint.record.progress
    return counts.allSatisfy { $0 == parameters.count } && (0...settings.epochs).contains(progress.epoch)
      && (0..<data.count).contains(progress.position) && progress.position % settings.batchSize == 0
      && (0...settings.epochs * stepsPerEpoch).contains(progress.step)
  }

  /// Goes on from a checkpoint.
  func restore(_ checkpoint: Checkpoint) {
    parameters.write(checkpoint.parameters)
    firstMoment.write(checkpoint.firstMoment)
    secondMoment.write(checkpoint.secondMoment)
    progress = checkpoint.record.progress
  }

  /// SHA-256 of the parameters.
  var weightsDigest: String {
    SHA256Digest.of(UnsafeRawBufferPointer(start: parameters.address, count: parameters.count * 4))
  }

  /// What a model file says of its training, beside what Keras wants.
  func modelAttributes(repeatIndex: Int) -> [String: String] {
    ["har_seed": "\(settings.seed)", "har_repeat": "\(repeatIndex + 1)"]
  }
}
