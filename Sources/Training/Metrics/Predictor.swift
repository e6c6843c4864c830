package import Kernels
package import NeuralNetworks
internal import Synchronization
package import SystemSupport
package import Windows

/// Class probabilities of windows, on as many workers as asked for; several threads may ask at once.
package final class Predictor: Sendable {
  private let plan: ExecutionPlan
  private let parameters: AlignedBuffer
  private let packed: AlignedBuffer
  /// Memory of calls that have ended, for the next ones.
  private let idle = Mutex<[WorkerMemory]>([])
  /// Windows per unit.
  private static let shardRows = 8

  package init(model: Sequential, kernels: KernelSet, parameters: AlignedBuffer) {
    plan = ExecutionPlan(model: model, kernels: kernels, shardRows: Self.shardRows, minibatchRows: nil)
    self.parameters = parameters
    packed = AlignedBuffer(count: plan.packedCount)
    for task in plan.packing { plan.pack(task, parameters: parameters.address, into: packed.address) }
  }

  /// Probabilities `[N, classes]` of all windows of a set. Throws where they are streamed and can't be read.
  package func probabilities(_ windows: WindowSet, threads: Int) throws(StoreError) -> [Float] {
    guard windows.count > 0 else { return [] }
    precondition(plan.model.inputCount == windows.windowCount)
    let classes = plan.model.classCount
    let result = AlignedBuffer(count: windows.count * classes)
    try windows.forEachPart { part, first in
      predict(part, into: result.address + first * classes, threads: threads)
    }
    return result.array
  }

  /// Probabilities `[N, classes]` of windows in memory.
  private func predict(_ windows: WindowSet, into result: UnsafeMutablePointer<Float>, threads: Int) {
    let classes = plan.model.classCount
    nonisolated(unsafe) let result = result
    let units = (windows.count + Self.shardRows - 1) / Self.shardRows
    let workers = max(1, min(threads, units))
    let memory = (idle.withLock { $0.popLast() } ?? WorkerMemory(count: plan.workerCount, workers: workers))
      .resized(workers: workers)
    let team = WorkerTeam()
    team.lead(workers: workers) {
      team.forEach(units) { [self] unit, worker in
        let first = unit * Self.shardRows
        let rows = min(Self.shardRows, windows.count - first)
        let shard = ShardMemory(
          worker: memory[worker], parameters: parameters.address, packed: packed.address, operands: nil)
        for row in 0..<rows {
          (plan.input(shard) + row * windows.windowCount).update(
            from: windows.window(first + row), count: windows.windowCount)
        }
        plan.forward(shard, rows: rows)
        (result + first * classes).update(from: plan.output(shard), count: rows * classes)
      }
    }
    idle.withLock { $0.append(memory) }
  }

  /// What the windows' predictions are worth. Throws where they are streamed and can't be read.
  package func evaluate(_ windows: WindowSet, threads: Int) throws(StoreError) -> Evaluation {
    Evaluation(
      probabilities: try probabilities(windows, threads: threads), labels: windows.labels,
      classes: plan.model.classCount)
  }
}
