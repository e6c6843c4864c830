package import Kernels

/// The memory of one worker and the shared buffers that it reads, for passes over shards.
package struct ShardMemory {
  /// `workerCount` floats of this worker alone.
  let worker: UnsafeMutablePointer<Float>
  /// All parameters, and their packed form.
  let parameters: UnsafePointer<Float>
  let packed: UnsafePointer<Float>
  /// The operands of products over the minibatch; nil in prediction.
  let operands: UnsafeMutablePointer<Float>?

  package init(
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
package struct ShardTraining {
  /// This shard's `shardGradientCount` floats.
  let gradients: UnsafeMutablePointer<Float>
  /// The shard's first row in the minibatch.
  let firstRow: Int
  /// The place in the epoch's order of the shard's first sample.
  let firstPosition: Int
  /// The draw of masks; nil for none.
  let dropout: DropoutKey?

  package init(
    gradients: UnsafeMutablePointer<Float>, firstRow: Int, firstPosition: Int, dropout: DropoutKey?
  ) {
    self.gradients = gradients
    self.firstRow = firstRow
    self.firstPosition = firstPosition
    self.dropout = dropout
  }
}

extension ExecutionPlan {
  /// Where a worker finds the place for its shard's input `[rows, inputCount]`.
  package func input(_ memory: ShardMemory) -> UnsafeMutablePointer<Float> { memory.worker + activationOffsets[0] }

  /// Where a forward pass leaves the probabilities `[rows, classCount]`.
  package func output(_ memory: ShardMemory) -> UnsafeMutablePointer<Float> {
    memory.worker + activationOffsets[model.layers.count]
  }

  /// Probabilities of the shard whose input is in place.
  package func forward(_ memory: ShardMemory, rows: Int, training: ShardTraining? = nil) {
    precondition(isForTraining || training == nil)
    for index in model.layers.indices where activationOffsets[index] != activationOffsets[index + 1] {
      model.layers[index].forward(
        context(index, memory, rows, training), input: memory.worker + activationOffsets[index],
        output: memory.worker + activationOffsets[index + 1])
    }
  }

  /// All gradients from those of the logits `[rows, classCount]`, which `fillLogitGradient` writes.
  ///
  /// - Parameter passed: told of every layer whose gradients are there, from the last to the first.
  package func backward(
    _ memory: ShardMemory, rows: Int, training: ShardTraining,
    fillLogitGradient: (UnsafeMutablePointer<Float>) -> Void, passed: (Int) -> Void = { _ in }
  ) {
    var (current, next) = (memory.worker + gradientOffsets.0, memory.worker + gradientOffsets.1)
    fillLogitGradient(current)
    for index in model.layers.indices.reversed() where index >= model.firstTrainable {
      if activationOffsets[index] == activationOffsets[index + 1] { continue }
      model.layers[index].backward(
        context(index, memory, rows, training), input: memory.worker + activationOffsets[index],
        output: memory.worker + activationOffsets[index + 1], outputGradient: current,
        inputGradient: index > model.firstTrainable ? next : nil)
      swap(&current, &next)
      passed(index)
    }
  }

  private func context(_ index: Int, _ memory: ShardMemory, _ rows: Int, _ training: ShardTraining?) -> LayerContext {
    let operands = memory.operands ?? memory.worker
    let place = self.operands[index]
    let firstOperandRow = (training?.firstRow ?? 0) * place.rowsPerSample
    return LayerContext(
      kernels: kernels, isTraining: training != nil, rows: rows,
      parameters: memory.parameters + model.parameterOffsets[index], packed: memory.packed + packedOffsets[index],
      workspace: memory.worker + workspaceOffsets[index], scratch: memory.worker + scratchOffset,
      gradient: training.flatMap { training in shardGradientOffsets[index].map { training.gradients + $0 } },
      inputOperand: operands + place.input + firstOperandRow * place.inputStride,
      inputOperandStride: place.inputStride,
      gradientOperand: operands + place.gradient + firstOperandRow * place.gradientStride,
      gradientOperandStride: place.gradientStride, dropout: training?.dropout,
      firstPosition: training?.firstPosition ?? 0)
  }
}
