import ArgumentParser

/// Benchmarks of the kernels and of whole training epochs.
@main
struct HARBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "har-bench",
    abstract: "Measure kernels and training against the processor's own peak, within one run.",
    subcommands: [
      KernelBenchmark.self, EpochBenchmark.self, ScalingBenchmark.self, SimulateBenchmark.self, ConvertBenchmark.self,
      PredictBenchmark.self,
      TrafficBenchmark.self, ConvertOnce.self, KernelOnce.self, ProcessEpochs.self,
    ])
}
