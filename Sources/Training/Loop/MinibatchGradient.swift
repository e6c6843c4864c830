internal import Communication
internal import Kernels
internal import NeuralNetworks
internal import SystemSupport
internal import Windows

/// The gradient of a minibatch: its shards' passes through the network, and the sum of what they give.
///
/// Its bits depend on the windows and the parameters alone: every shard, every slice of the parameters and every sum has a fixed place
/// and order; workers and processes only differ in who does what.
///
/// `@unchecked Sendable`: its mutable state is touched by the team's leader alone; units of a loop read it and write buffers in
/// parts that they divide among themselves, and the team orders the two.
final class MinibatchGradient: @unchecked Sendable {
  let plan: ExecutionPlan
  /// The gradient, in the order of the parameters.
  let values: AlignedBuffer
  private let parameters: AlignedBuffer
  private let windows: any WindowSource
  /// What brings the windows into memory; nil where they are there.
  private let stream: (any WindowStream)?
  private let key: (UInt32, UInt32)
  private let team: WorkerTeam
  private let loss: CategoricalCrossEntropy
  /// Windows that are worked on at once.
  private let windowsAtOnce: Int
  /// The gradient of a later part of a minibatch that is too large to be worked on at once; empty for others.
  private let partValues: AlignedBuffer
  /// What all workers share in a step: packed weights, the operands of gradients per batch, each shard's gradients.
  private let packed, operands, shardGradients: AlignedBuffer
  private var workerMemory: WorkerMemory
  private let shardMetrics: SharedSlots<BatchMetrics>
  /// Nil for a process by itself.
  private let exchange: GradientExchange?
  private let metricsExchange: MetricsExchange?

  /// The windows of the epoch in their order, the first of the minibatch, how many it has, and the part of it that is worked on.
  private var order: [Int32] = []
  private var position = 0
  private var rows = 0
  private var epoch = 0
  private var part = 0..<0
  /// This process's shards of the part.
  private var shards = 0..<0

  /// - Parameters:
  ///   - shardRows: windows of a shard at most.
  ///   - key: of random numbers.
  init(
    _ model: Sequential, _ kernels: KernelSet, _ settings: TrainingSettings, shardRows: Int, parameters: AlignedBuffer,
    windows: any WindowSource, key: (UInt32, UInt32), team: WorkerTeam, communicator: (any Communicator)?
  ) {
    self.parameters = parameters
    self.windows = windows
    stream = windows.stream
    self.key = key
    self.team = team
    let batch = min(settings.batchSize, windows.count)
    let rowsAtOnce = min(batch, TrainingSettings.rowsAtOnce)
    windowsAtOnce = rowsAtOnce
    let shardRows = min(shardRows, rowsAtOnce)
    let ranks = communicator?.count ?? 1
    let shards = ShardShare.most(count: ranks, shards: (rowsAtOnce + shardRows - 1) / shardRows)
    let plan = ExecutionPlan(
      model: model, kernels: kernels, shardRows: shardRows, minibatchRows: min(rowsAtOnce, shards * shardRows))
    self.plan = plan
    loss = CategoricalCrossEntropy(classes: model.classCount)
    values = AlignedBuffer(count: model.parameterBufferCount)
    partValues = AlignedBuffer(count: batch > rowsAtOnce ? model.parameterBufferCount : 0)
    shardGradients = AlignedBuffer(count: shards * plan.shardGradientCount)
    packed = AlignedBuffer(count: plan.packedCount)
    operands = AlignedBuffer(count: plan.operandCount)
    workerMemory = WorkerMemory(count: plan.workerCount + windows.scratchCount, workers: 0)
    shardMetrics = SharedSlots(repeating: BatchMetrics(), count: shards)
    exchange = communicator.map { GradientExchange($0, plan, trace: team.trace) }
    metricsExchange = communicator.map { MetricsExchange($0, mostShards: shards) }
  }

  /// Takes up an epoch at a position, with memory for a number of workers.
  func begin(epoch: Int, position: Int, shuffles: Bool, workers: Int) {
    self.epoch = epoch
    isUnreadable = false
    if let stream {
      let order = EpochOrder(
        blocks: stream.blocks, poolWindows: stream.poolWindows, shuffles: shuffles, key: key, epoch: epoch)
      stream.begin(order, from: position, windowsAtOnce: windowsAtOnce)
      self.order = order.windows
    } else {
      order =
        shuffles
        ? EpochOrder.permutation(count: windows.count, key: key, epoch: epoch) : (0..<Int32(windows.count)).map { $0 }
    }
    workerMemory = workerMemory.resized(workers: workers)
  }

  /// Ends the epoch, or leaves it before its end.
  func end() { stream?.end() }

  /// Whether windows of the last minibatch can't be read, here or in another process.
  private(set) var isUnreadable = false

  /// Why they can't be read here; nil where they can.
  var readingFailure: StoreError? { stream?.failure }

  /// Whether another process was asked to stop before the last minibatch ended.
  var isStopRequested: Bool { metricsExchange?.isStopRequested ?? false }

  /// Computes the gradient of the windows from a position of the epoch's order. Returns what they came to; nil, with a gradient of no
  /// meaning, where their loss is no number or they can't be read.
  func compute(position: Int, rows: Int, isStopRequested: Bool) -> BatchMetrics? {
    self.position = position
    self.rows = rows
    team.forEach(plan.packing.count, as: .packing) { [self] task, _ in
      plan.pack(plan.packing[task], parameters: parameters.address, into: packed.address)
    }
    var metrics = BatchMetrics()
    part = 0..<0
    while part.upperBound < rows {
      part = part.upperBound..<min(part.upperBound + TrainingSettings.rowsAtOnce, rows)
      let shardCount = (part.count + plan.shardRows - 1) / plan.shardRows
      if let stream, !stream.wait(for: (position + part.lowerBound)..<(position + part.upperBound)) {
        // Others that take part must hear of it first; what is computed meanwhile nobody sees.
        isUnreadable = true
        guard exchange != nil else { return nil }
      }
      if exchange == nil {
        shards = 0..<shardCount
        team.forEach(shardCount, as: .passes) { [self] shard, worker in forwardBackward(shard, worker) }
        for shard in shards { metrics += shardMetrics[shard] }
        guard metrics.loss.isFinite else { return nil }
        team.forEach(plan.slices.count, as: .gradient) { [self] slice, _ in complete(slice) }
      } else {
        computeTogether(shardCount)
        team.trace.measure(.communication, by: 0) {
          metricsExchange?.add(
            shardMetrics, shards: shardCount, isStopRequested: isStopRequested, isUnreadable: isUnreadable, to: &metrics
          )
        }
        isUnreadable = metricsExchange?.isUnreadable ?? isUnreadable
        guard !isUnreadable else { return nil }
        guard metrics.loss.isFinite else { return nil }
      }
      if part.lowerBound > 0 { team.forEach(plan.slices.count, as: .gradient) { [self] slice, _ in addPart(slice) } }
    }
    return metrics
  }

  /// The part's gradient from the shards of all processes.
  private func computeTogether(_ shardCount: Int) {
    guard let exchange else { return }
    let share = ShardShare(rank: exchange.communicator.rank, count: exchange.communicator.count, shards: shardCount)
    shards = share.shards
    exchange.begin(share, into: target)
    // Who finds no shard any more takes slices, and waits for those that are first to be there.
    team.forEach(shards.count + plan.slices.count, as: .passes) { [self] unit, worker in
      guard unit >= shards.count else { return forwardBackward(unit, worker) }
      self.exchange?.completeNext(by: worker) { complete($0, into: $1, continues: $2) }
    }
    exchange.finish()
  }

  /// Where the part's gradient goes.
  private var target: AlignedBuffer { part.lowerBound == 0 ? values : partValues }

  private func complete(_ slice: Int) { complete(slice, into: target.address, continues: false) }

  private func complete(_ slice: Int, into sums: UnsafeMutablePointer<Float>, continues: Bool) {
    plan.completeGradient(
      plan.slices[slice], shardGradients: shardGradients.address, shardCount: shards.count, operands: operands.address,
      rows: min(shards.upperBound * plan.shardRows, part.count) - shards.lowerBound * plan.shardRows,
      gradient: sums, continues: continues)
  }

  /// Adds a later part's gradient to that of those before.
  private func addPart(_ slice: Int) {
    for i in plan.slices[slice].range { values.address[i] += partValues.address[i] }
  }

  /// Both passes of one of this process's shards.
  private func forwardBackward(_ shard: Int, _ workerNumber: Int) {
    let worker = workerMemory[workerNumber]
    let memory = ShardMemory(
      worker: worker, parameters: parameters.address, packed: packed.address, operands: operands.address)
    let firstRow = (shards.lowerBound + shard) * plan.shardRows
    let shardRows = min(plan.shardRows, part.count - firstRow)
    let first = position + part.lowerBound + firstRow
    let training = ShardTraining(
      gradients: shardGradients.address + shard * plan.shardGradientCount, firstRow: shard * plan.shardRows,
      firstPosition: first, dropout: DropoutKey(key: key, epoch: UInt32(epoch)))
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: shardRows) { buffer in
      let labels = buffer.baseAddress!
      for row in 0..<shardRows {
        let window = Int(order[first + row])
        windows.draw(
          WindowDraw(index: window, key: key, epoch: epoch, position: first + row),
          into: plan.input(memory) + row * windows.windowCount, scratch: worker + plan.workerCount)
        labels[row] = windows.labels[window]
      }
      plan.forward(memory, rows: shardRows, training: training)
      let probabilities = plan.output(memory)
      shardMetrics[shard] = loss.metrics(probabilities: probabilities, labels: labels, rows: shardRows)
      plan.backward(memory, rows: shardRows, training: training) {
        loss.logitGradient(
          probabilities: probabilities, labels: labels, rows: shardRows, scale: 1 / Float(rows), into: $0)
      } passed: { layer in
        team.trace?.notePassage(layer, shard: shard, by: workerNumber)
        exchange?.pass(layer: layer, by: workerNumber) { complete($0, into: $1, continues: $2) }
      }
    }
  }
}
