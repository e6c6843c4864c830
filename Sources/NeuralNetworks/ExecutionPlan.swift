public import Kernels

/// Where everything lies that a pass over a shard touches, worked out once.
public struct ExecutionPlan: Sendable {
  /// The model and the kernels it runs on.
  public let model: Sequential
  /// The kernels it runs on.
  public let kernels: KernelSet
  /// Samples of a shard at most.
  public let shardRows: Int
  /// Samples of a minibatch at most, which size the operands of deferred products; 0 for prediction alone.
  public let minibatchRows: Int

  /// Floats of a worker's memory, of the packed weights, and of the operands of a minibatch.
  public let workerCount: Int
  /// Floats of the packed weights.
  public let packedCount: Int
  /// Floats of the operands of a minibatch.
  public let operandCount: Int

  let workspaceOffsets: [Int]
  let activationOffsets: [Int]
  let gradientOffsets: (Int, Int)
  let scratchOffset: Int
  let packedOffsets: [Int]
  let operands: [OperandPlace]
  /// The packed matrices with the layer each belongs to.
  let packedMatrices: [(layer: Int, matrix: PackedMatrix)]

  /// A plan for training in minibatches of up to `minibatchRows`, or for prediction where that is nil.
  public init(model: Sequential, kernels: KernelSet, shardRows: Int, minibatchRows: Int?) {
    self.model = model
    self.kernels = kernels
    self.shardRows = shardRows
    self.minibatchRows = minibatchRows ?? 0
    var worker = 0
    func take(_ count: Int) -> Int {
      defer { worker += alignedToLine(count) + 16 }
      return worker
    }
    workspaceOffsets = model.layers.map { take($0.workspaceCount(rows: shardRows)) }
    // The input, then each layer's output.
    activationOffsets =
      [take(shardRows * model.inputCount)] + model.layers.map { take(shardRows * $0.outputCount) }
    let widest = model.layers.map { max($0.inputCount, $0.outputCount) }.max() ?? 0
    let gradients = minibatchRows == nil ? 0 : shardRows * widest
    gradientOffsets = (take(gradients), take(gradients))
    scratchOffset = take(model.layers.map { $0.scratchCount(rows: shardRows) }.max() ?? 0)

    // Prediction keeps the operands, which are then memory like any other, with the worker.
    var operands = 0
    var places: [OperandPlace] = model.layers.map { layer in
      guard case .deferred(let products) = layer.gradientSource else { return OperandPlace() }
      let rows = minibatchRows ?? shardRows
      let offset = operands
      let gradient = offset + alignedToLine(rows * products.inputCountPerSample) + 16
      operands = gradient + alignedToLine(rows * products.outputCountPerSample) + 16
      return OperandPlace(
        input: offset, gradient: gradient, inputStride: products.inputStride, gradientStride: products.outputStride,
        rowsPerSample: products.rowsPerSample)
    }
    if minibatchRows == nil {
      let base = take(operands)
      for index in places.indices {
        places[index].input += base
        places[index].gradient += base
      }
    }
    self.operands = places
    operandCount = minibatchRows == nil ? 0 : operands
    workerCount = worker

    var packed = 0
    var offsets: [Int] = []
    var matrices: [(Int, PackedMatrix)] = []
    for (index, layer) in model.layers.enumerated() {
      offsets.append(packed)
      let needed = layer.packedMatrices(kernels).filter { minibatchRows != nil || !$0.isForTraining }
      matrices += needed.map { (index, $0) }
      packed += alignedToLine(needed.map { $0.target + $0.count(kernels) }.max() ?? 0)
    }
    packedOffsets = offsets
    packedMatrices = matrices
    packedCount = packed
  }
}

/// Where a layer's operands of deferred products lie; all zero for a layer that has none.
struct OperandPlace: Sendable {
  /// The first floats of both operands.
  var input = 0
  var gradient = 0
  /// Floats of their rows.
  var inputStride = 0
  var gradientStride = 0
  /// Rows a sample.
  var rowsPerSample = 0
}

/// A part of packing the weights that one worker does in one go.
public struct PackingUnit: Sendable {
  let layer: Int
  let matrix: PackedMatrix
  let steps: Range<Int>
}

extension ExecutionPlan {
  /// The packing of all weights, cut into units of about 16 K floats.
  public func packingUnits() -> [PackingUnit] {
    packedMatrices.flatMap { layer, matrix in
      let stepsAtOnce = max(16, (16384 / max(matrix.columns, 1) + 15) / 16 * 16)
      return stride(from: 0, to: matrix.steps, by: stepsAtOnce).map { first in
        PackingUnit(layer: layer, matrix: matrix, steps: first..<min(first + stepsAtOnce, matrix.steps))
      }
    }
  }

  /// Carries out one unit.
  public func pack(
    _ unit: PackingUnit, parameters: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>
  ) {
    unit.matrix.pack(
      kernels, steps: unit.steps, parameters: parameters + model.parameterOffsets[unit.layer],
      into: packed + packedOffsets[unit.layer])
  }
}
