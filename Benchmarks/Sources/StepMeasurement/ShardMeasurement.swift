import Dispatch
import Kernels
import NeuralNetworks
import SystemSupport
import Windows

/// Passes of single shards of any number of rows, to see what smaller ones would cost.
package enum ShardMeasurement {
  /// What a unit takes of a shard's time where so many share its rows, by their number.
  ///
  /// - Parameters:
  ///   - windows: the rows of a shard.
  ///   - unitsPerShard: divisors of the rows.
  package static func shares(
    _ network: Sequential, kernels: KernelSet, windows: WindowSet, unitsPerShard: [Int]
  ) -> [Int: Double] {
    guard !unitsPerShard.isEmpty else { return [:] }
    let rows = windows.count
    let seconds = seconds(network, kernels: kernels, windows: windows, rows: [rows] + unitsPerShard.map { rows / $0 })
    return Dictionary(
      uniqueKeysWithValues: unitsPerShard.compactMap { units in
        guard let whole = seconds[rows], let part = seconds[rows / units] else { return nil }
        return (units, part / whole)
      })
  }

  /// Seconds of a shard's forward and backward pass with each number of rows, on one thread; medians of measurements in turn.
  ///
  /// - Parameter windows: at least as many as the most rows.
  package static func seconds(
    _ network: Sequential, kernels: KernelSet, windows: WindowSet, rows counts: [Int], repetitions: Int = 41
  ) -> [Int: Double] {
    let most = counts.max() ?? 1
    let plan = ExecutionPlan(model: network, kernels: kernels, shardRows: most, minibatchRows: most)
    let parameters = AlignedBuffer(count: network.parameterBufferCount)
    network.initialize(parameters.address, key: (1, 2))
    let packed = AlignedBuffer(count: plan.packedCount)
    for task in plan.packing { plan.pack(task, parameters: parameters.address, into: packed.address) }
    let worker = AlignedBuffer(count: plan.workerCount)
    let operands = AlignedBuffer(count: plan.operandCount)
    let gradients = AlignedBuffer(count: plan.shardGradientCount)
    let memory = ShardMemory(
      worker: worker.address, parameters: parameters.address, packed: packed.address, operands: operands.address)
    let training = ShardTraining(
      gradients: gradients.address, firstRow: 0, firstPosition: 0, dropout: DropoutKey(key: (1, 2), epoch: 0))
    let loss = CategoricalCrossEntropy(classes: network.classCount)
    let labels = windows.labels

    func pass(_ rows: Int) -> Double {
      let start = DispatchTime.now().uptimeNanoseconds
      for row in 0..<rows {
        windows.draw(
          WindowDraw(index: row, key: (1, 2), epoch: 0, position: row),
          into: plan.input(memory) + row * windows.windowCount, scratch: worker.address)
      }
      plan.forward(memory, rows: rows, training: training)
      let probabilities = plan.output(memory)
      labels.withUnsafeBufferPointer { labels in
        plan.backward(memory, rows: rows, training: training) {
          loss.logitGradient(
            probabilities: probabilities, labels: labels.baseAddress!, rows: rows, scale: 1 / Float(rows), into: $0)
        }
      }
      return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    }

    var seconds: [Int: [Double]] = [:]
    withDenormalsFlushed {
      for repetition in 0...repetitions {
        for rows in counts {
          let once = pass(rows)
          if repetition > 0 { seconds[rows, default: []].append(once) }
        }
      }
    }
    return seconds.mapValues(median)
  }
}
