internal import Dispatch
package import Kernels
package import NeuralNetworks
package import SystemSupport
package import Windows

/// Adds other processes' gradients to this one's, where a minibatch is spread over several.
package protocol GradientReducer: Sendable {
  /// Replaces the gradient of this process's shards, in the order of the parameters, by that of all shards.
  func reduce(_ gradient: AlignedBuffer) throws
}

/// Trains one model: minibatches cut into shards, shards' gradients reduced in their order, then a step of the optimizer.
///
/// The bits of the parameters depend on windows, settings, seed and repeat alone: every shard, every slice of the parameters and
/// every sum has a fixed place and order, and workers only differ in who does what.
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
  private let stop: StopRequest
  private let reducer: (any GradientReducer)?
  private let team: WorkerTeam
  private let plan: ExecutionPlan
  private let loss: CategoricalCrossEntropy
  /// The moments of Adam and of LAMB, and Adam's step.
  package let optimizer: Adam
  private let lamb: Lamb?

  /// All parameters in the order of Keras, and their gradient at the same offsets.
  package let parameters: AlignedBuffer
  /// Those that were kept as the best between two epochs, or exchanged with them; nil for none.
  private(set) var bestParameters: AlignedBuffer?
  private let gradient: AlignedBuffer
  /// The gradient of a later part of a minibatch that is too large to be worked on at once; empty for others.
  private let partGradient: AlignedBuffer
  /// What all workers share in a step: packed weights, the operands of gradients per batch, each shard's gradients.
  private let packed, operands, shardGradients: AlignedBuffer
  private var workerMemory: WorkerMemory
  private let shardMetrics: SharedSlots<BatchMetrics>
  private let squaredNorms: SharedSlots<Double>

  /// The order of the epoch's windows, the windows of the current step's minibatch, and the part of it that is worked on.
  private var order: [Int32] = []
  private var rows = 0
  private var part = 0..<0

  /// A trainer with fresh parameters.
  package init(
    model: Sequential, kernels: KernelSet, settings: TrainingSettings, repeatIndex: Int, windows: any WindowSource,
    scaling: FeatureScaling? = nil, stop: StopRequest = StopRequest(), reducer: (any GradientReducer)? = nil,
    team: WorkerTeam = WorkerTeam()
  ) {
    precondition(model.inputCount == windows.windowCount)
    self.model = model
    self.settings = settings
    self.windows = windows
    live = LiveProgress(windowCount: windows.count)
    self.scaling = scaling
    self.stop = stop
    self.reducer = reducer
    self.team = team
    key = PhiloxGenerator.key(seed: settings.seed, repeatIndex: repeatIndex)
    let batch = min(settings.batchSize, windows.count)
    let rowsAtOnce = min(batch, TrainingSettings.rowsAtOnce)
    plan = ExecutionPlan(
      model: model, kernels: kernels, shardRows: min(settings.shardRows, rowsAtOnce), minibatchRows: rowsAtOnce)
    lamb = settings.optimizer == .lamb ? Lamb(settings, plan) : nil
    loss = CategoricalCrossEntropy(classes: model.classCount)
    optimizer = Adam(settings.adam, kernels: kernels, count: model.parameterBufferCount)
    parameters = AlignedBuffer(count: model.parameterBufferCount)
    gradient = AlignedBuffer(count: model.parameterBufferCount)
    partGradient = AlignedBuffer(count: batch > rowsAtOnce ? model.parameterBufferCount : 0)
    let shards = (rowsAtOnce + plan.shardRows - 1) / plan.shardRows
    shardGradients = AlignedBuffer(count: shards * plan.shardGradientCount)
    packed = AlignedBuffer(count: plan.packedCount)
    operands = AlignedBuffer(count: plan.operandCount)
    workerMemory = WorkerMemory(count: plan.workerCount + windows.scratchCount, workers: 0)
    shardMetrics = SharedSlots(repeating: BatchMetrics(), count: shards)
    squaredNorms = SharedSlots(repeating: 0, count: plan.slices.count)
    progress = TrainingProgress(learningRate: settings.learningRate)
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
  package func runEpoch(threads: Int) throws -> EpochOutcome {
    let start = DispatchTime.now().uptimeNanoseconds
    order =
      settings.shuffle
      ? EpochOrder.permutation(count: windows.count, key: key, epoch: progress.epoch)
      : (0..<Int32(windows.count)).map { $0 }
    workerMemory = workerMemory.resized(workers: threads)
    let isFinite = try team.lead(workers: threads) { () throws in
      while progress.position < windows.count, !stop.isRequested {
        guard try step() else { return false }
      }
      return true
    }
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

  /// One minibatch; false, with the parameters as they were, where its loss is no number.
  private func step() throws -> Bool {
    rows = min(settings.batchSize, windows.count - progress.position)
    team.forEach(plan.packing.count) { [self] task, _ in
      plan.pack(plan.packing[task], parameters: parameters.address, into: packed.address)
    }
    var metrics = BatchMetrics()
    part = 0..<0
    while part.upperBound < rows {
      part = part.upperBound..<min(part.upperBound + TrainingSettings.rowsAtOnce, rows)
      team.forEach(shardCount) { [self] shard, worker in forwardBackward(shard, worker) }
      for shard in 0..<shardCount { metrics += shardMetrics[shard] }
      guard metrics.loss.isFinite else { return false }
      team.forEach(plan.slices.count) { [self] slice, _ in completeGradient(plan.slices[slice]) }
    }
    try reducer?.reduce(gradient)
    progress.step += 1
    update()
    progress.add(metrics, rows: rows)
    live.note(progress)
    stop.noteStep()
    return true
  }

  /// Shards of the part of the minibatch that is worked on.
  private var shardCount: Int { (part.count + plan.shardRows - 1) / plan.shardRows }

  /// The gradient of the part, or where it is not the first its sum with that of those before.
  private func completeGradient(_ slice: ParameterSlice) {
    let target = part.lowerBound == 0 ? gradient : partGradient
    plan.completeGradient(
      slice, shardGradients: shardGradients.address, shardCount: shardCount, operands: operands.address,
      minibatchRows: part.count, gradient: target.address)
    guard part.lowerBound > 0 else { return }
    for i in slice.range { gradient.address[i] += partGradient.address[i] }
  }

  private func forwardBackward(_ shard: Int, _ worker: Int) {
    let worker = workerMemory[worker]
    let memory = ShardMemory(
      worker: worker, parameters: parameters.address, packed: packed.address,
      operands: operands.address)
    let firstRow = shard * plan.shardRows
    let rows = min(plan.shardRows, part.count - firstRow)
    let position = progress.position + part.lowerBound + firstRow
    let training = ShardTraining(
      gradients: shardGradients.address + shard * plan.shardGradientCount, firstRow: firstRow,
      firstPosition: position,
      dropout: DropoutKey(key: key, epoch: UInt32(progress.epoch)))
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rows) { buffer in
      let labels = buffer.baseAddress!
      for row in 0..<rows {
        let window = Int(order[position + row])
        windows.draw(
          WindowDraw(index: window, key: key, epoch: progress.epoch, position: position + row),
          into: plan.input(memory) + row * windows.windowCount, scratch: worker + plan.workerCount)
        labels[row] = windows.labels[window]
      }
      plan.forward(memory, rows: rows, training: training)
      let probabilities = plan.output(memory)
      shardMetrics[shard] = loss.metrics(probabilities: probabilities, labels: labels, rows: rows)
      plan.backward(memory, rows: rows, training: training) {
        loss.logitGradient(
          probabilities: probabilities, labels: labels, rows: rows, scale: 1 / Float(self.rows), into: $0)
      }
    }
  }

  // MARK: Update

  /// A step of the optimizer on every slice, by the gradient as clipped.
  private func update() {
    updateScale = clippingScale()
    rate = learningRate(step: progress.step)
    // Units capture nothing but the trainer, as anything more would be allocated.
    if lamb != nil {
      team.forEach(plan.slices.count) { [self] slice, _ in
        lamb?.direct(
          slice, of: parameters, gradient: gradient, gradientScale: updateScale, adam: optimizer, step: progress.step)
      }
      lamb?.weigh()
      team.forEach(plan.slices.count) { [self] slice, _ in
        lamb?.move(slice, of: parameters, direction: gradient, rate: rate)
      }
      return
    }
    stepSize = optimizer.stepSize(rate: rate, step: progress.step)
    team.forEach(plan.slices.count) { [self] slice, _ in
      optimizer.update(
        plan.slices[slice].range, of: parameters, gradient: gradient, gradientScale: updateScale, stepSize: stepSize)
    }
  }

  private var updateScale: Float = 1
  private var rate: Float = 0
  private var stepSize: Float = 0

  /// What brings the gradient down to the longest allowed.
  private func clippingScale() -> Float {
    guard let longest = settings.clipNorm else { return 1 }
    team.forEach(plan.slices.count) { [self] slice, _ in
      squaredNorms[slice] = plan.slices[slice].range.reduce(0) {
        $0 + Double(gradient.address[$1]) * Double(gradient.address[$1])
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
