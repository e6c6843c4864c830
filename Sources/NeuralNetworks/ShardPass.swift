import Kernels

/// The memory of one worker and the shared buffers that it reads, for passes over shards.
public struct ShardMemory {
  /// `workerCount` floats of this worker alone.
  public let worker: UnsafeMutablePointer<Float>
  /// All parameters, and their packed form.
  public let parameters: UnsafePointer<Float>
  /// Their packed form.
  public let packed: UnsafePointer<Float>
  /// The operands of deferred products, of the whole minibatch; the worker's own memory in prediction.
  public let operands: UnsafeMutablePointer<Float>?

  /// Memberwise.
  public init(
    worker: UnsafeMutablePointer<Float>, parameters: UnsafePointer<Float>, packed: UnsafePointer<Float>,
    operands: UnsafeMutablePointer<Float>?
  ) {
    self.worker = worker
    self.parameters = parameters
    self.packed = packed
    self.operands = operands
  }
}

/// What makes a pass a training pass.
public struct ShardTraining {
  /// This shard's gradient of all parameters, laid out as they are.
  public let gradient: UnsafeMutablePointer<Float>
  /// The shard's first row in the minibatch, and the minibatch's rows.
  public let firstRow: Int
  /// The minibatch's rows.
  public let minibatchRows: Int
  /// The place in the epoch's order of the shard's first sample.
  public let firstPosition: Int
  /// The draw of masks; nil for none.
  public let dropout: DropoutStream?

  /// Memberwise.
  public init(
    gradient: UnsafeMutablePointer<Float>, firstRow: Int, minibatchRows: Int, firstPosition: Int,
    dropout: DropoutStream?
  ) {
    self.gradient = gradient
    self.firstRow = firstRow
    self.minibatchRows = minibatchRows
    self.firstPosition = firstPosition
    self.dropout = dropout
  }
}

extension ExecutionPlan {
  /// Where a worker finds the place for its shard's input `[rows, inputCount]`.
  public func input(_ memory: ShardMemory) -> UnsafeMutablePointer<Float> { memory.worker + activationOffsets[0] }

  /// Where a forward pass leaves the probabilities `[rows, classCount]`.
  public func output(_ memory: ShardMemory) -> UnsafeMutablePointer<Float> {
    memory.worker + activationOffsets[model.layers.count]
  }

  /// Probabilities of the shard whose input is in place.
  public func forward(_ memory: ShardMemory, rows: Int, training: ShardTraining? = nil) {
    for index in model.layers.indices {
      model.layers[index].forward(
        pass(index, memory, rows, training), input: memory.worker + activationOffsets[index],
        output: memory.worker + activationOffsets[index + 1])
    }
  }

  /// All gradients from those of the logits `[rows, classCount]`, which `fillLogitGradient` writes.
  public func backward(
    _ memory: ShardMemory, rows: Int, training: ShardTraining,
    fillLogitGradient: (UnsafeMutablePointer<Float>) -> Void
  ) {
    var (current, next) = (memory.worker + gradientOffsets.0, memory.worker + gradientOffsets.1)
    fillLogitGradient(current)
    for index in model.layers.indices.reversed() where index >= model.firstTrainable {
      model.layers[index].backward(
        pass(index, memory, rows, training), input: memory.worker + activationOffsets[index],
        output: memory.worker + activationOffsets[index + 1], outputGradient: current,
        inputGradient: index > model.firstTrainable ? next : nil)
      swap(&current, &next)
    }
  }

  private func pass(_ index: Int, _ memory: ShardMemory, _ rows: Int, _ training: ShardTraining?) -> LayerPass {
    let operands = memory.operands ?? memory.worker
    let place = self.operands[index]
    let firstOperandRow = (training?.firstRow ?? 0) * place.rowsPerSample
    return LayerPass(
      kernels: kernels, rows: rows, parameters: memory.parameters + model.parameterOffsets[index],
      packed: memory.packed + packedOffsets[index], workspace: memory.worker + workspaceOffsets[index],
      scratch: memory.worker + scratchOffset, gradient: training.map { $0.gradient + model.parameterOffsets[index] },
      inputOperand: operands + place.input + firstOperandRow * place.inputStride,
      inputOperandStride: place.inputStride,
      gradientOperand: operands + place.gradient + firstOperandRow * place.gradientStride,
      gradientOperandStride: place.gradientStride, dropout: training?.dropout,
      firstPosition: training?.firstPosition ?? 0)
  }
}
