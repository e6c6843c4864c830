import Dispatch
public import Kernels
public import NeuralNetworks

/// Trains one model: minibatches cut into shards, shards' gradients reduced in their order, Adam.
///
/// The bits of the parameters depend on data, settings, seed and repeat alone: every shard, every range of the parameters and
/// every sum has a fixed place and order, and workers only differ in who does what.
///
/// `@unchecked Sendable`: its mutable state is touched either by one worker between two phases (`advance`), or in parts that the
/// units of a phase divide among themselves; `ParallelPhases` orders the two.
public final class Trainer: @unchecked Sendable {
  /// Settings, model, and the random key of the repeat.
  public let settings: TrainingSettings
  /// The network.
  public let model: Sequential
  let key: (UInt32, UInt32)
  let data: TrainingData
  let plan: ExecutionPlan
  private let stop: StopRequest
  private let phases = ParallelPhases()

  /// All parameters, in the order of Keras.
  public let parameters: AlignedBuffer
  let firstMoment: AlignedBuffer
  let secondMoment: AlignedBuffer
  private let gradient: AlignedBuffer
  private let shardGradients: AlignedBuffer
  private let packed: AlignedBuffer
  private let operands: AlignedBuffer
  private var workers: [AlignedBuffer] = []
  private let augmenter: Augmenter?
  /// Room for a window, a worker.
  private var augmentationScratch: [AlignedBuffer] = []
  private let packingUnits: [PackingUnit]
  private let gradientUnits: [GradientUnit]

  /// How far the training has come.
  public internal(set) var progress = TrainingProgress()

  // The minibatch in progress.
  private var order: [Int32] = []
  private var minibatchRows = 0
  private var phase = Phase.update
  private var tallies: [CategoricalCrossEntropy.Tally]
  private var stepSize: Float = 0
  private var gradientScale: Float = 1
  private var squaredNorms: [Double]
  private var hasDiverged = false
  private var onEvent: (@Sendable (TrainingEvent) -> Void)?

  private enum Phase { case pack, shards, gradient, update }

  /// A trainer with fresh parameters.
  public init(
    model: Sequential, kernels: KernelSet, settings: TrainingSettings, repeatIndex: Int, data: TrainingData,
    stop: StopRequest = StopRequest()
  ) {
    precondition(model.inputCount == data.windowCount)
    self.model = model
    self.settings = settings
    self.data = data
    self.stop = stop
    // Raw windows are scaled here even for a network without augmentation of its own.
    let scaling = data.isRaw ? data.scaling : nil
    augmenter =
      settings.augmentation.isActive || scaling != nil
      ? Augmenter(
        settings.augmentation, timeSteps: data.timeSteps, channels: data.channels, deviations: data.deviations,
        scaling: scaling) : nil
    key = PhiloxGenerator.key(seed: settings.seed, repeatIndex: repeatIndex)
    let batch = min(settings.batchSize, data.count)
    plan = ExecutionPlan(
      model: model, kernels: kernels, shardRows: min(settings.shardRows, batch), minibatchRows: batch)
    let count = model.parameterBufferCount
    parameters = AlignedBuffer(count: count)
    firstMoment = AlignedBuffer(count: count)
    secondMoment = AlignedBuffer(count: count)
    gradient = AlignedBuffer(count: count)
    let shards = (batch + plan.shardRows - 1) / plan.shardRows
    shardGradients = AlignedBuffer(count: shards * count)
    packed = AlignedBuffer(count: plan.packedCount)
    operands = AlignedBuffer(count: plan.operandCount)
    packingUnits = plan.packingUnits()
    gradientUnits = plan.gradientUnits()
    tallies = Array(repeating: .init(), count: shards)
    squaredNorms = Array(repeating: 0, count: gradientUnits.count)
    progress.learningRate = settings.learningRate
    model.initialize(parameters.address, key: key)
  }

  /// Trains one epoch, or what is left of one, on up to `threads` workers.
  public func runEpoch(threads: Int, onEvent: (@Sendable (TrainingEvent) -> Void)? = nil) -> EpochOutcome {
    let start = DispatchTime.now().uptimeNanoseconds
    self.onEvent = onEvent
    order = EpochOrder.permutation(count: data.count, key: key, epoch: progress.epoch)
    minibatchRows = 0
    hasDiverged = false
    phase = .update
    while workers.count < threads {
      workers.append(AlignedBuffer(count: plan.workerCount))
      augmentationScratch.append(AlignedBuffer(count: augmenter == nil ? 0 : data.windowCount))
    }
    phases.run(workers: threads, advance: { self.advance() }, unit: { self.run(unit: $0, worker: $1) })
    if hasDiverged { return .diverged(step: progress.step) }
    let seconds = progress.seconds + Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    guard progress.position == data.count else {
      progress.seconds = seconds
      return .interrupted
    }
    let result = EpochResult(
      epoch: progress.epoch, loss: progress.loss / Double(data.count),
      accuracy: Double(progress.correct) / Double(data.count), seconds: seconds,
      windowsPerSecond: Double(data.count) / seconds)
    progress.startNextEpoch()
    onEvent?(.epoch(result))
    return .completed(result)
  }

  /// Minibatches of an epoch.
  public var stepsPerEpoch: Int { (data.count + settings.batchSize - 1) / settings.batchSize }

  // MARK: Between phases

  private var shardCount: Int { (minibatchRows + plan.shardRows - 1) / plan.shardRows }

  private func advance() -> Int? {
    switch phase {
    case .pack:
      phase = .shards
      return shardCount
    case .shards:
      var tally = CategoricalCrossEntropy.Tally()
      for shard in 0..<shardCount { tally += tallies[shard] }
      guard tally.loss.isFinite else {
        hasDiverged = true
        return nil
      }
      progress.loss += tally.loss
      progress.correct += tally.correct
      phase = .gradient
      return gradientUnits.count
    case .gradient:
      progress.step += 1
      stepSize = adamStepSize()
      gradientScale = clippingScale()
      phase = .update
      return gradientUnits.count
    case .update:
      progress.position += minibatchRows
      if minibatchRows > 0 { report() }
      guard progress.position < data.count, !stop.isRequested else { return nil }
      minibatchRows = min(settings.batchSize, data.count - progress.position)
      phase = .pack
      return packingUnits.count
    }
  }

  private func report() {
    onEvent?(
      .progress(
        epoch: progress.epoch, windows: progress.position, total: data.count,
        loss: progress.loss / Double(progress.position),
        accuracy: Double(progress.correct) / Double(progress.position)))
  }

  /// What brings the gradient down to the longest allowed.
  private func clippingScale() -> Float {
    guard let longest = settings.clipNorm else { return 1 }
    let norm = squaredNorms.reduce(0, +).squareRoot()
    return norm > Double(longest) ? Float(Double(longest) / norm) : 1
  }

  /// lr · √(1 - β2^t) / (1 - β1^t), in floats as Keras has it.
  private func adamStepSize() -> Float {
    func power(_ base: Float) -> Float {
      var result: Float = 1
      var factor = base
      var exponent = progress.step
      while exponent > 0 {
        if exponent & 1 == 1 { result *= factor }
        factor *= factor
        exponent >>= 1
      }
      return result
    }
    let rate =
      progress.learningRate
      * Float(settings.schedule.factor(step: progress.step - 1, total: settings.epochs * stepsPerEpoch))
    return rate * (1 - power(settings.beta2)).squareRoot() / (1 - power(settings.beta1))
  }

  // MARK: Units

  private func run(unit: Int, worker: Int) {
    switch phase {
    case .pack: plan.pack(packingUnits[unit], parameters: parameters.address, into: packed.address)
    case .shards: runShard(unit, worker: worker)
    case .gradient:
      plan.complete(
        gradientUnits[unit], shardGradients: shardGradients.address, shardStride: model.parameterBufferCount,
        shardCount: shardCount, operands: operands.address, minibatchRows: minibatchRows, gradient: gradient.address)
      if settings.clipNorm != nil { squaredNorms[unit] = squaredNorm(gradientUnits[unit].range) }
    case .update: update(gradientUnits[unit].range)
    }
  }

  private func squaredNorm(_ range: Range<Int>) -> Double {
    range.reduce(0) { $0 + Double(gradient.address[$1]) * Double(gradient.address[$1]) }
  }

  private func runShard(_ shard: Int, worker: Int) {
    let memory = ShardMemory(
      worker: workers[worker].address, parameters: parameters.address, packed: packed.address,
      operands: operands.address)
    let firstRow = shard * plan.shardRows
    let rows = min(plan.shardRows, minibatchRows - firstRow)
    let position = progress.position + firstRow
    let training = ShardTraining(
      gradient: shardGradients.address + shard * model.parameterBufferCount, firstRow: firstRow,
      minibatchRows: minibatchRows, firstPosition: position,
      dropout: DropoutStream(key: key, epoch: UInt32(progress.epoch)))
    let input = plan.input(memory)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rows) { labels in
      for row in 0..<rows {
        let window = Int(order[position + row])
        let target = input + row * data.windowCount
        target.update(from: data.window(window), count: data.windowCount)
        augmenter?.apply(
          to: target, scratch: augmentationScratch[worker].address, key: key, epoch: progress.epoch,
          position: position + row)
        labels[row] = data.labels[window]
      }
      plan.forward(memory, rows: rows, training: training)
      let output = plan.output(memory)
      let classes = model.classCount
      tallies[shard] = CategoricalCrossEntropy.tally(
        probabilities: output, labels: labels.baseAddress!, rows: rows, classes: classes)
      plan.backward(memory, rows: rows, training: training) {
        CategoricalCrossEntropy.logitGradient(
          probabilities: output, labels: labels.baseAddress!, rows: rows, classes: classes,
          scale: 1 / Float(minibatchRows), into: $0)
      }
    }
  }

  private func update(_ range: Range<Int>) {
    let first = range.lowerBound
    plan.kernels.table.adam(
      AdamArguments(
        count: range.count, parameters: parameters.address + first, firstMoment: firstMoment.address + first,
        secondMoment: secondMoment.address + first, gradient: gradient.address + first, gradientScale: gradientScale,
        stepSize: stepSize, beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon))
  }
}

/// The order in which an epoch takes the training windows.
public enum EpochOrder {
  /// Fisher & Yates's shuffle, drawn from the stream of the epoch.
  public static func permutation(count: Int, key: (UInt32, UInt32), epoch: Int) -> [Int32] {
    var generator = PhiloxGenerator(key: key, stream: (RandomPurpose.shuffle, UInt32(epoch), 0))
    var order = (0..<Int32(count)).map { $0 }
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, generator.nextIndex(below: i + 1)) }
    return order
  }
}
