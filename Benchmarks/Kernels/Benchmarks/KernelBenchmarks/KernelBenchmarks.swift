import Benchmark
import KernelWorkloads
import Kernels

/// The kernels at the networks' real sizes. What is held against thresholds is the number of instructions, which the same machine code
/// repeats exactly; times are shown and never judged. Instructions need the processor's counters (docs/benchmarks.md).
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.instructions, .wallClock, .throughput], warmupIterations: 3, scalingFactor: .kilo,
    maxDuration: .seconds(1), maxIterations: 200, thresholds: [.instructions: .init(relative: [.p50: 2.0])])
  for set in KernelSet.supported {
    for workload in KernelWorkload.all {
      Benchmark("\(set.name.rawValue) \(workload.name)") { benchmark in
        let call = workload.prepared(set)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { call() }
        benchmark.stopMeasurement()
      }
    }
  }
}
