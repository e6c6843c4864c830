package import Kernels

/// Where everything lies that a pass over a shard touches, worked out once.
package struct ExecutionPlan: Sendable {
  package let model: Sequential
  package let kernels: KernelSet
  /// Samples of a shard at most.
  package let shardRows: Int

  /// Floats of a worker's memory, of the packed weights, of the operands of a minibatch, and of one shard's gradients.
  package let workerCount: Int
  package let packedCount: Int
  package let operandCount: Int
  package let shardGradientCount: Int
  /// The packing of all weights.
  package let packing: [PackingTask]
  /// All parameters, as workers complete and update them; none in prediction.
  package let slices: [ParameterSlice]

  let isForTraining: Bool
  let workspaceOffsets: [Int]
  let activationOffsets: [Int]
  let gradientOffsets: (Int, Int)
  let scratchOffset: Int
  let packedOffsets: [Int]
  /// Nil for layers whose weight gradients are per batch.
  let shardGradientOffsets: [Int?]
  let operands: [OperandPlace]

  /// A plan for training in minibatches of up to `minibatchRows` samples, or for prediction where that is nil.
  package init(model: Sequential, kernels: KernelSet, shardRows: Int, minibatchRows: Int?) {
    self.model = model
    let kernels = model.precision == .mixed ? kernels.multiplyingBF16 : kernels
    self.kernels = kernels
    self.shardRows = shardRows
    let isForTraining = minibatchRows != nil
    self.isForTraining = isForTraining
    var worker = MemoryLayoutCounter()
    workspaceOffsets = model.layers.map { worker.take($0.workspaceCount(rows: shardRows)) }
    // The input, then each layer's output; one place for both where the layer passes its input on.
    var activations = [worker.take(shardRows * model.inputCount)]
    for layer in model.layers {
      let isThere = layer.passesInputOn(inTraining: isForTraining)
      activations.append(isThere ? activations.last! : worker.take(shardRows * layer.outputCount))
    }
    activationOffsets = activations
    let widest = model.layers.map { max($0.inputCount, $0.outputCount) }.max() ?? 0
    let gradients = isForTraining ? shardRows * widest : 0
    gradientOffsets = (worker.take(gradients), worker.take(gradients))
    scratchOffset = worker.take(model.layers.map { $0.scratchCount(rows: shardRows) }.max() ?? 0)

    // Prediction keeps the operands too, then as memory of the worker.
    var minibatch = MemoryLayoutCounter()
    let rows = minibatchRows ?? shardRows
    operands = model.layers.map { layer in
      guard case .perBatch(let products) = layer.weightGradient else { return OperandPlace() }
      func take(_ count: Int) -> Int { isForTraining ? minibatch.take(count) : worker.take(count) }
      return OperandPlace(
        input: take(rows * products.inputCountPerSample), gradient: take(rows * products.outputCountPerSample),
        inputStride: products.inputStride, gradientStride: products.outputStride,
        rowsPerSample: products.rowsPerSample)
    }
    operandCount = minibatch.count
    workerCount = worker.count

    var shard = 0
    shardGradientOffsets = model.layers.map { layer in
      guard isForTraining, layer.weightGradient == .perShard else { return nil }
      defer { shard += alignedToLine(layer.parameterCount) }
      return shard
    }
    shardGradientCount = shard
    slices =
      isForTraining
      ? ParameterSlice.slices(of: model, shardGradientOffsets: shardGradientOffsets.map { $0 ?? 0 }) : []

    var packed = 0
    var offsets: [Int] = []
    var tasks: [PackingTask] = []
    for (index, layer) in model.layers.enumerated() {
      let matrices = layer.packedMatrices(kernels).filter { matrix in
        switch matrix.use {
        case .forward: true
        case .backward: isForTraining
        case .inputGradient: isForTraining && index > model.firstTrainable
        }
      }
      offsets.append(packed)
      tasks += matrices.flatMap { PackingTask.tasks(layer: index, $0) }
      packed += alignedToLine(matrices.map { $0.target + $0.count(kernels) }.max() ?? 0)
    }
    packedOffsets = offsets
    packedCount = packed
    packing = tasks
  }

  /// Carries out one task of packing.
  package func pack(
    _ task: PackingTask, parameters: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>
  ) {
    task.matrix.pack(
      kernels, depth: task.depth, parameters: parameters + model.parameterOffsets[task.layer],
      into: packed + packedOffsets[task.layer])
  }
}

/// Lays parts of a buffer out one behind the other, each on a cache line and with a line of slack behind it.
private struct MemoryLayoutCounter {
  private(set) var count = 0

  mutating func take(_ floats: Int) -> Int {
    defer { count += alignedToLine(floats) + 16 }
    return count
  }
}

/// Where a layer's operands of products over the minibatch lie; all zero for a layer that has none.
struct OperandPlace: Sendable {
  /// The first floats of both operands, and the floats of their rows.
  var input = 0
  var gradient = 0
  var inputStride = 0
  var gradientStride = 0
  var rowsPerSample = 0
}
