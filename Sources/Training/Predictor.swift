public import Kernels
public import NeuralNetworks
import Synchronization

/// Class probabilities of windows, on as many workers as asked for.
///
/// `@unchecked Sendable`: buffers are written in disjoint parts by the units of one phase at a time.
public final class Predictor: @unchecked Sendable {
  private let plan: ExecutionPlan
  private let parameters: AlignedBuffer
  private let packed: AlignedBuffer
  private var workers: [AlignedBuffer] = []
  private let phases = ParallelPhases()
  /// Windows a unit.
  private static let shardRows = 8

  /// A predictor with parameters laid out as in the model's buffer.
  public init(model: Sequential, kernels: KernelSet, parameters: AlignedBuffer) {
    plan = ExecutionPlan(model: model, kernels: kernels, shardRows: Self.shardRows, minibatchRows: nil)
    self.parameters = parameters
    packed = AlignedBuffer(count: plan.packedCount)
    for unit in plan.packingUnits() { plan.pack(unit, parameters: parameters.address, into: packed.address) }
  }

  /// Probabilities `[windows, classes]` of all windows of a set.
  public func probabilities(_ data: TrainingData, threads: Int) -> [Float] {
    guard data.count > 0 else { return [] }
    let classes = plan.model.classCount
    let result = AlignedBuffer(count: data.count * classes)
    while workers.count < threads { workers.append(AlignedBuffer(count: plan.workerCount)) }
    let units = (data.count + Self.shardRows - 1) / Self.shardRows
    let started = Atomic<Bool>(false)
    phases.run(
      workers: threads,
      advance: { started.exchange(true, ordering: .relaxed) ? nil : units },
      unit: { unit, worker in
        let first = unit * Self.shardRows
        let rows = min(Self.shardRows, data.count - first)
        let memory = ShardMemory(
          worker: self.workers[worker].address, parameters: self.parameters.address, packed: self.packed.address,
          operands: nil)
        self.plan.input(memory).update(from: data.window(first), count: rows * data.windowCount)
        self.plan.forward(memory, rows: rows)
        (result.address + first * classes).update(from: self.plan.output(memory), count: rows * classes)
      })
    return result.array
  }
}
