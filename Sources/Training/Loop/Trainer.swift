package import Communication
internal import Dispatch
package import Kernels
package import NeuralNetworks
package import SystemSupport
package import Windows

/// Trains one model: for each minibatch its gradient, then a step of the optimizer.
///
/// The bits of the parameters depend on windows, settings, seed and repeat alone, not on workers or processes. Where several processes
/// train a model together, each has all of its parameters and moments, and makes every step.
///
/// `@unchecked Sendable`: its mutable state is touched by the team's leader alone; units of a loop read it and write buffers in
/// parts that they divide among themselves, and the team orders the two.
package final class Trainer: @unchecked Sendable {
  package let settings: TrainingSettings
  package let model: Sequential
  package let windows: any WindowSource
  /// What the windows are, or come to be, scaled by; the trainer only hands it on to its files.
  package let scaling: FeatureScaling?
  package let live: LiveProgress
  /// How far the training has come.
  package var progress: TrainingProgress

  private let key: (UInt32, UInt32)
  private let isAlone: Bool
  private let stop: StopRequest
  private let team: WorkerTeam
  private let minibatch: MinibatchGradient
  /// The moments of Adam and of LAMB, and Adam's step.
  package let optimizer: Adam
  private let lamb: Lamb?

  /// All parameters in the order of Keras.
  package let parameters: AlignedBuffer
  /// Those that were kept as the best between two epochs, or exchanged with them; nil for none.
  private(set) var bestParameters: AlignedBuffer?
  private let squaredNorms: SharedSlots<Double>

  /// A trainer with fresh parameters.
  ///
  /// - Parameters:
  ///   - shardRows: windows of a shard at most, where a part of a larger minibatch is to be measured; nil for the settings'.
  ///   - communicator: the processes that train the model together; nil for one by itself.
  package init(
    model: Sequential, kernels: KernelSet, settings: TrainingSettings, repeatIndex: Int, windows: any WindowSource,
    scaling: FeatureScaling? = nil, shardRows: Int? = nil, stop: StopRequest = StopRequest(),
    communicator: (any Communicator)? = nil, team: WorkerTeam = WorkerTeam()
  ) {
    precondition(model.inputCount == windows.windowCount)
    self.model = model
    self.settings = settings
    self.windows = windows
    live = LiveProgress(windowCount: windows.count)
    self.scaling = scaling
    self.stop = stop
    self.team = team
    key = PhiloxGenerator.key(seed: settings.seed, repeatIndex: repeatIndex)
    parameters = AlignedBuffer(count: model.parameterBufferCount)
    minibatch = MinibatchGradient(
      model, kernels, settings, shardRows: shardRows ?? settings.shardRows, parameters: parameters, windows: windows,
      key: key, team: team, communicator: communicator)
    lamb = settings.optimizer == .lamb ? Lamb(settings, minibatch.plan) : nil
    optimizer = Adam(settings.adam, kernels: kernels, count: model.parameterBufferCount)
    squaredNorms = SharedSlots(repeating: 0, count: minibatch.plan.slices.count)
    progress = TrainingProgress(learningRate: settings.learningRate)
    isAlone = communicator == nil
    model.initialize(parameters.address, key: key)
  }

  /// Keeps the parameters as the best so far.
  func keepBest() { keepBest(parameters.array) }

  /// Keeps others, such as were saved.
  func keepBest(_ values: [Float]) {
    let buffer = bestParameters ?? AlignedBuffer(count: parameters.count)
    buffer.write(values)
    bestParameters = buffer
  }

  /// Puts the best parameters, where some were kept, in the place of the current ones, and these in theirs: done twice, all is as before.
  func exchangeBest() {
    guard let best = bestParameters?.array else { return }
    keepBest()
    parameters.write(best)
  }

  /// Minibatches of an epoch.
  package var stepsPerEpoch: Int { (windows.count + settings.batchSize - 1) / settings.batchSize }

  /// Trains one epoch, or what is left of one, on up to `threads` workers.
  package func runEpoch(threads: Int) -> EpochOutcome {
    let start = DispatchTime.now().uptimeNanoseconds
    minibatch.begin(
      epoch: progress.epoch, position: progress.position, shuffles: settings.shuffle, workers: threads)
    defer { minibatch.end() }
    let isFinite = team.lead(workers: threads) {
      var isStopped = isAlone && stop.isRequested
      while progress.position < windows.count, !isStopped {
        guard step() else { return false }
        isStopped = isAlone ? stop.isRequested : minibatch.isStopRequested
      }
      return true
    }
    // Together, all stop where one of them was asked to.
    if minibatch.isStopRequested { stop.request() }
    guard !minibatch.isUnreadable else { return .unreadable(minibatch.readingFailure) }
    guard isFinite else { return .diverged(step: progress.step) }
    progress.seconds += Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    guard progress.position == windows.count else { return .interrupted }
    let report = EpochReport(
      epoch: progress.epoch, loss: progress.meanLoss, accuracy: progress.accuracy,
      learningRate: Double(learningRate(step: progress.step)), seconds: progress.seconds,
      samplesPerSecond: Double(windows.count) / progress.seconds)
    progress.startNextEpoch()
    return .completed(report)
  }

  /// One minibatch; false, with the parameters as they were, where its loss is no number or its windows can't be read.
  private func step() -> Bool {
    let rows = min(settings.batchSize, windows.count - progress.position)
    guard
      let metrics = minibatch.compute(position: progress.position, rows: rows, isStopRequested: stop.isRequested)
    else { return false }
    progress.step += 1
    update()
    progress.add(metrics, rows: rows)
    live.note(progress)
    stop.noteStep()
    return true
  }

  // MARK: Update

  /// A step of the optimizer on every slice, by the gradient as clipped.
  private func update() {
    updateScale = clippingScale()
    rate = learningRate(step: progress.step)
    // Units capture nothing but the trainer, as anything more would be allocated.
    if lamb != nil {
      team.forEach(slices.count, as: .update) { [self] slice, _ in
        lamb?.direct(
          slice, of: parameters, gradient: minibatch.values, gradientScale: updateScale, adam: optimizer,
          step: progress.step)
      }
      lamb?.weigh()
      team.forEach(slices.count, as: .update) { [self] slice, _ in
        lamb?.move(slice, of: parameters, direction: minibatch.values, rate: rate)
      }
      return
    }
    stepSize = optimizer.stepSize(rate: rate, step: progress.step)
    team.forEach(slices.count, as: .update) { [self] slice, _ in
      optimizer.update(
        slices[slice].range, of: parameters, gradient: minibatch.values, gradientScale: updateScale, stepSize: stepSize)
    }
  }

  private var updateScale: Float = 1
  private var rate: Float = 0
  private var stepSize: Float = 0

  /// All parameters, as workers complete and update them.
  package var slices: [ParameterSlice] { minibatch.plan.slices }

  /// What brings the gradient down to the longest allowed.
  private func clippingScale() -> Float {
    guard let longest = settings.clipNorm else { return 1 }
    team.forEach(slices.count, as: .update) { [self] slice, _ in
      squaredNorms[slice] = slices[slice].range.reduce(0) {
        $0 + Double(minibatch.values.address[$1]) * Double(minibatch.values.address[$1])
      }
    }
    let norm = (0..<squaredNorms.count).reduce(0) { $0 + squaredNorms[$1] }.squareRoot()
    return norm > Double(longest) ? Float(Double(longest) / norm) : 1
  }

  /// The rate of a step, from 1.
  private func learningRate(step: Int) -> Float {
    progress.learningRate * Float(settings.rateFactor(step: step - 1, stepsPerEpoch: stepsPerEpoch))
  }
}
