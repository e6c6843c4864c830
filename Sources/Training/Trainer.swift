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
  public let model: Sequential
  let key: (UInt32, UInt32)
  let data: TrainingData
  let plan: ExecutionPlan
  private let stop: StopRequest
  private let phases = ParallelPhases()

  public let parameters: AlignedBuffer
  let firstMoment: AlignedBuffer
  let secondMoment: AlignedBuffer
  private let gradient: AlignedBuffer
  private let shardGradients: AlignedBuffer
  private let packed: AlignedBuffer
  private let operands: AlignedBuffer
  private var workers: [AlignedBuffer] = []
  private let packingUnits: [PackingUnit]
  private let gradientUnits: [GradientUnit]

  /// Completed epochs and steps.
  public internal(set) var epoch = 0
  public internal(set) var step = 0

  // The epoch and minibatch in progress.
  private var order: [Int32] = []
  private var firstPosition = 0
  private var minibatchRows = 0
  private var phase = Phase.update
  private var tallies: [CategoricalCrossEntropy.Tally]
  private var epochTally = CategoricalCrossEntropy.Tally()
  private var stepSize: Float = 0
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
    model.initialize(parameters.address, key: key)
  }

  /// Trains one epoch on up to `threads` workers. Returns nil where a stop was requested before its end; the epoch is then
  /// unfinished and the parameters are those of its last completed step.
  public func runEpoch(threads: Int, onEvent: (@Sendable (TrainingEvent) -> Void)? = nil) -> EpochResult? {
    let start = DispatchTime.now().uptimeNanoseconds
    self.onEvent = onEvent
    order = EpochOrder.permutation(count: data.count, key: key, epoch: epoch)
    firstPosition = 0
    minibatchRows = 0
    epochTally = .init()
    phase = .update
    while workers.count < threads { workers.append(AlignedBuffer(count: plan.workerCount)) }
    phases.run(workers: threads, advance: { self.advance() }, unit: { self.run(unit: $0, worker: $1) })
    guard firstPosition == data.count else { return nil }
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    let result = EpochResult(
      epoch: epoch, loss: epochTally.loss / Double(data.count),
      accuracy: Double(epochTally.correct) / Double(data.count), seconds: seconds,
      windowsPerSecond: Double(data.count) / seconds)
    epoch += 1
    onEvent?(.epoch(result))
    return result
  }

  // MARK: Between phases

  private var shardCount: Int { (minibatchRows + plan.shardRows - 1) / plan.shardRows }

  private func advance() -> Int? {
    switch phase {
    case .pack:
      phase = .shards
      return shardCount
    case .shards:
      for shard in 0..<shardCount { epochTally += tallies[shard] }
      phase = .gradient
      return gradientUnits.count
    case .gradient:
      step += 1
      stepSize = adamStepSize()
      phase = .update
      return gradientUnits.count
    case .update:
      firstPosition += minibatchRows
      if minibatchRows > 0 { report() }
      guard firstPosition < data.count, !stop.isRequested else { return nil }
      minibatchRows = min(settings.batchSize, data.count - firstPosition)
      phase = .pack
      return packingUnits.count
    }
  }

  private func report() {
    onEvent?(
      .progress(
        epoch: epoch, windows: firstPosition, total: data.count, loss: epochTally.loss / Double(firstPosition),
        accuracy: Double(epochTally.correct) / Double(firstPosition)))
  }

  /// lr · √(1 - β2^t) / (1 - β1^t), in floats as Keras has it.
  private func adamStepSize() -> Float {
    func power(_ base: Float) -> Float {
      var result: Float = 1
      var factor = base
      var exponent = step
      while exponent > 0 {
        if exponent & 1 == 1 { result *= factor }
        factor *= factor
        exponent >>= 1
      }
      return result
    }
    return settings.learningRate * (1 - power(settings.beta2)).squareRoot() / (1 - power(settings.beta1))
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
    case .update: update(gradientUnits[unit].range)
    }
  }

  private func runShard(_ shard: Int, worker: Int) {
    let memory = ShardMemory(
      worker: workers[worker].address, parameters: parameters.address, packed: packed.address,
      operands: operands.address)
    let firstRow = shard * plan.shardRows
    let rows = min(plan.shardRows, minibatchRows - firstRow)
    let position = firstPosition + firstRow
    let training = ShardTraining(
      gradient: shardGradients.address + shard * model.parameterBufferCount, firstRow: firstRow,
      minibatchRows: minibatchRows, firstPosition: position,
      dropout: DropoutStream(key: key, epoch: UInt32(epoch)))
    let input = plan.input(memory)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: rows) { labels in
      for row in 0..<rows {
        let window = Int(order[position + row])
        (input + row * data.windowCount).update(from: data.window(window), count: data.windowCount)
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
        secondMoment: secondMoment.address + first, gradient: gradient.address + first, gradientScale: 1,
        stepSize: stepSize, beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon))
  }
}

/// The order in which an epoch takes the training windows.
enum EpochOrder {
  /// Fisher & Yates's shuffle, drawn from the stream of the epoch.
  static func permutation(count: Int, key: (UInt32, UInt32), epoch: Int) -> [Int32] {
    var generator = PhiloxGenerator(key: key, stream: (RandomPurpose.shuffle, UInt32(epoch), 0))
    var order = (0..<Int32(count)).map { $0 }
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, generator.nextIndex(below: i + 1)) }
    return order
  }
}
