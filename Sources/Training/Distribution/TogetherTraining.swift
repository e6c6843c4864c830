internal import Communication
internal import Kernels
internal import NeuralNetworks
internal import SystemSupport
internal import Windows

/// A training that all processes carry out together, as the first one leads it.
struct TogetherTraining {
  private let team: RankTeam
  private let trainer: Trainer
  private let kernels: KernelSet

  /// Lets all others prepare it, from the state that the trainer is in. Throws ``RankError`` where one can't.
  init(_ order: TrainingOrder, _ trainer: Trainer, _ kernels: KernelSet, _ team: RankTeam) throws(RankError) {
    self.team = team
    self.trainer = trainer
    self.kernels = kernels
    team.tell(
      .together(order, threads: team.threads),
      numbers: [trainer.parameters.array, trainer.optimizer.firstMoment.array, trainer.optimizer.secondMoment.array])
    try team.waitUntilReady()
  }

  /// An epoch, or what is left of one.
  func runEpoch(threads: Int) -> EpochOutcome {
    team.tell(.epoch(learningRate: trainer.progress.learningRate))
    return trainer.runEpoch(threads: threads)
  }

  /// What the trainer's parameters make of a set's windows.
  func evaluate(_ windows: WindowSet, _ which: PredictedWindows, threads: Int) -> Evaluation {
    team.tell(.predict(which))
    let probabilities = SharedPrediction(trainer.model, kernels, team.communicator)
      .probabilities(windows, trainer.parameters, threads: threads)
    return Evaluation(probabilities: probabilities, labels: windows.labels, classes: trainer.model.classCount)
  }

  func end() { team.tell(.endTogether) }
}

/// Predictions that all processes make together: each those of a range of the windows.
struct SharedPrediction {
  private let model: Sequential
  private let kernels: KernelSet
  private let communicator: any Communicator

  init(_ model: Sequential, _ kernels: KernelSet, _ communicator: any Communicator) {
    self.model = model
    self.kernels = kernels
    self.communicator = communicator
  }

  /// Probabilities `[N, classes]` of all windows, in all processes, by the first one's parameters.
  func probabilities(_ windows: WindowSet, _ parameters: AlignedBuffer, threads: Int) -> [Float] {
    communicator.broadcast(
      UnsafeMutableRawBufferPointer(start: parameters.address, count: parameters.count * 4), from: 0)
    let share = (windows.count + communicator.count - 1) / communicator.count
    let first = min(communicator.rank * share, windows.count)
    var own = Predictor(model: model, kernels: kernels, parameters: parameters)
      .probabilities(windows.range(first..<min(first + share, windows.count)), threads: threads)
    own += Array(repeating: 0, count: share * model.classCount - own.count)
    var all = Array(repeating: Float(0), count: communicator.count * own.count)
    own.withUnsafeBytes { own in all.withUnsafeMutableBytes { communicator.gather(own, into: $0) } }
    return Array(all.prefix(windows.count * model.classCount))
  }
}
