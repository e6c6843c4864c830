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
  ///
  /// - Throws: ``RankError`` where another process can't read its windows.
  func runEpoch(threads: Int) throws(RankError) -> EpochOutcome {
    team.tell(.epoch(learningRate: trainer.progress.learningRate))
    let outcome = trainer.runEpoch(threads: threads)
    if case .unreadable(let failure) = outcome { try hear(failure) }
    return outcome
  }

  /// Hears what all say where windows can't be read; throws what another process says, unless it is this one that can't.
  private func hear(_ own: StoreError?) throws(RankError) {
    do throws(RankError) {
      try team.waitUntilReady()
    } catch {
      if own == nil { throw error }
    }
  }

  /// What the trainer's parameters make of a set's windows. Throws where they are streamed and can't be read, here or elsewhere.
  func evaluate(_ windows: WindowSet, _ which: PredictedWindows, threads: Int) throws -> Evaluation {
    team.tell(.predict(which))
    let predictions = SharedPrediction(trainer.model, kernels, team.communicator)
      .predict(windows, trainer.parameters, threads: threads)
    if predictions.isUnreadable {
      try hear(predictions.failure)
      if let failure = predictions.failure { throw failure }
    }
    return Evaluation(
      probabilities: predictions.probabilities, labels: windows.labels, classes: trainer.model.classCount)
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

  /// What all processes come to.
  struct Outcome {
    /// `[N, classes]`
    var probabilities: [Float]
    /// Whether windows can't be read, here or in another process; the probabilities then mean nothing.
    var isUnreadable: Bool
    /// Why they can't be read here; nil where they can.
    var failure: StoreError?
  }

  /// Probabilities of all windows, in all processes, by the first one's parameters.
  func predict(_ windows: WindowSet, _ parameters: AlignedBuffer, threads: Int) -> Outcome {
    communicator.broadcast(
      UnsafeMutableRawBufferPointer(start: parameters.address, count: parameters.count * 4), from: 0)
    let share = (windows.count + communicator.count - 1) / communicator.count
    let first = min(communicator.rank * share, windows.count)
    var own: [Float] = []
    var failure: StoreError?
    do throws(StoreError) {
      own = try Predictor(model: model, kernels: kernels, parameters: parameters)
        .probabilities(windows.range(first..<min(first + share, windows.count)), threads: threads)
    } catch {
      failure = error
    }
    // The last number says whether the others mean anything.
    let numbers = share * model.classCount
    own += Array(repeating: 0, count: numbers - own.count) + [failure == nil ? 0 : 1]
    var all = Array(repeating: Float(0), count: communicator.count * own.count)
    own.withUnsafeBytes { own in all.withUnsafeMutableBytes { communicator.gather(own, into: $0) } }
    let parts = (0..<communicator.count).map { all[($0 * (numbers + 1))..<(($0 + 1) * (numbers + 1))] }
    return Outcome(
      probabilities: Array(parts.flatMap { $0.dropLast() }.prefix(windows.count * model.classCount)),
      isUnreadable: parts.contains { $0.last != 0 }, failure: failure)
  }
}
