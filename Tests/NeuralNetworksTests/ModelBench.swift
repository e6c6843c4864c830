import Kernels
import NeuralNetworks
import SystemSupport

/// Runs passes of a model over a minibatch, shard behind shard, with memory of its own.
///
/// All memory but the parameters starts out as nans, so that nothing can depend on what was there before.
final class ModelBench {
  let plan: ExecutionPlan
  private let parameters: AlignedBuffer
  private let packed, worker, operands, shardGradients, gradient: AlignedBuffer
  private let rows: Int
  var dropout: DropoutKey?

  init(_ model: Sequential, kernels: KernelSet, rows: Int, shardRows: Int = 4) {
    plan = ExecutionPlan(model: model, kernels: kernels, shardRows: min(shardRows, rows), minibatchRows: rows)
    self.rows = rows
    let count = model.parameterBufferCount
    let shards = (rows + plan.shardRows - 1) / plan.shardRows
    parameters = AlignedBuffer(count: count)
    gradient = AlignedBuffer(count: count)
    shardGradients = AlignedBuffer(count: shards * plan.shardGradientCount)
    packed = AlignedBuffer(count: plan.packedCount)
    worker = AlignedBuffer(count: plan.workerCount)
    operands = AlignedBuffer(count: plan.operandCount)
    for buffer in [packed, worker, operands, shardGradients] {
      buffer.address.update(repeating: .nan, count: buffer.count)
    }
    // Adam reads the gaps between the layers' gradients too; they start out as zeros and stay so.
    var offset = 0
    for layer in model.layers where layer.weightGradient == .perShard {
      let end = (layer.parameterCount + 15) / 16 * 16
      for shard in 0..<shards {
        (shardGradients.address + shard * plan.shardGradientCount + offset + layer.parameterCount).update(
          repeating: 0, count: end - layer.parameterCount)
      }
      offset += end
    }
    precondition(offset == plan.shardGradientCount)
  }

  /// Writes the parameters, in the order of `placedParameters`, and packs them.
  func setParameters(_ values: [[Float]]) {
    let placed = plan.model.placedParameters
    precondition(placed.map(\.parameter.count) == values.map(\.count))
    for (place, value) in zip(placed, values) {
      for (i, x) in value.enumerated() { parameters.address[place.offset + i] = x }
    }
    for task in plan.packing { plan.pack(task, parameters: parameters.address, into: packed.address) }
  }

  /// One pass over all rows: forward, and backward where a gradient of the output is given.
  ///
  /// - Parameter outputGradient: from a shard's first row and its output, the output's gradient.
  /// - Returns: the output of all rows.
  func run(
    _ input: [Float], outputGradient: ((_ firstRow: Int, _ output: [Float]) -> [Float])? = nil
  ) -> [Float] {
    let inputCount = plan.model.inputCount
    let outputCount = plan.model.classCount
    precondition(input.count == rows * inputCount)
    let memory = ShardMemory(
      worker: worker.address, parameters: parameters.address, packed: packed.address, operands: operands.address)
    var output: [Float] = []
    for (shard, firstRow) in stride(from: 0, to: rows, by: plan.shardRows).enumerated() {
      let count = min(plan.shardRows, rows - firstRow)
      for i in 0..<(count * inputCount) { plan.input(memory)[i] = input[firstRow * inputCount + i] }
      let training = ShardTraining(
        gradients: shardGradients.address + shard * plan.shardGradientCount, firstRow: firstRow,
        firstPosition: firstRow, dropout: dropout)
      plan.forward(memory, rows: count, training: training)
      let part = Array(UnsafeBufferPointer(start: plan.output(memory), count: count * outputCount))
      output += part
      if let outputGradient {
        let values = outputGradient(firstRow, part)
        plan.backward(memory, rows: count, training: training) { target in
          for (i, value) in values.enumerated() { target[i] = value }
        }
      }
    }
    return output
  }

  /// The gradients of the parameters, in their order, after a run with a gradient of the output.
  func parameterGradients() -> [[Float]] {
    let shards = (rows + plan.shardRows - 1) / plan.shardRows
    for slice in plan.slices {
      plan.completeGradient(
        slice, shardGradients: shardGradients.address, shardCount: shards, operands: operands.address,
        rows: rows, gradient: gradient.address)
    }
    return plan.model.placedParameters.map { place in
      Array(UnsafeBufferPointer(start: gradient.address + place.offset, count: place.parameter.count))
    }
  }
}
