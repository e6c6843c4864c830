import Foundation
import Kernels
import Training

extension TrainOptions {
  /// Throws where products of bf16 would be emulated, which gains nothing, and nobody asked for kernels that do so. `file` is where
  /// the network comes from, which says so where the options don't.
  func checkPrecision(of settings: ExperimentSettings, _ kernels: KernelSet, file: String?) throws {
    guard settings.models.contains(where: { $0.network.precision == .mixed }), !kernels.hasBF16,
      KernelSet.choice(ProcessInfo.processInfo.environment) == nil
    else { return }
    let source =
      optimization.precision == .mixed ? "--precision mixed" : "\(file ?? "the network") is in mixed precision"
    throw CommandError(
      exitStatus: .usage,
      message: "\(source): this processor has no bf16 products (AVX512_BF16), so that it would gain nothing; "
        + "take --precision f32, or HAR_KERNELS=\(kernels.name.rawValue) to emulate them to the same bits")
  }
}
