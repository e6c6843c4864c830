import ArgumentParser
import Foundation
import HDF5
import Kernels
import NeuralNetworks
import SystemSupport
import Training

/// Versions of what the results depend on.
struct Versions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print versions of the package, Swift and HDF5, the processor, and the kernels in use.",
    discussion: """
      EXAMPLES
        har-train versions
        HAR_KERNELS=avx2 har-train versions --json

      \(ExitStatusHelp.reading)
      """)

  @Flag(help: "Print JSON (docs/schemas/).")
  var json = false

  func run() throws {
    let kernels = try chosenKernels()
    if json {
      return try StandardOutput.writeLine(try RunJSON.text(VersionSummary(kernels)))
    }
    for (name, value) in versionTable(kernels) { try StandardOutput.writeLine("\(name): \(value)") }
    if !kernels.table.fusesMultiplyAdd {
      try StandardOutput.writeLine(
        "note: these kernels have no fused multiply-add; their results differ in the last bits from the other sets'")
    }
  }
}

/// What `versions --json` prints (docs/schemas/versions.json).
private struct VersionSummary: Encodable {
  let package = packageVersion
  let swift = swiftVersion
  let hdf5 = hdf5Version()
  let processor = processorName()
  let cores = coreCount
  let kernels: String
  let hasBf16Products: Bool
  let kernelsAvailable: [String]

  init(_ set: KernelSet) {
    kernels = set.name.rawValue
    hasBf16Products = set.hasBF16
    kernelsAvailable = KernelSet.supported.map(\.name.rawValue)
  }
}

/// Versions by name, in the order in which they are shown.
func versionTable(_ kernels: KernelSet) -> [(name: String, value: String)] {
  [
    ("package", packageVersion), ("swift", swiftVersion), ("hdf5", hdf5Version()), ("processor", processorName()),
    ("cores", "\(coreCount)"), ("kernels", kernels.name.rawValue),
    ("bf16 products", kernels.hasBF16 ? "AVX512_BF16" : "emulated"),
    ("kernels available", KernelSet.supported.map(\.name.rawValue).joined(separator: ", ")),
  ]
}

/// The compiler's language version.
var swiftVersion: String {
  #if compiler(>=6.4)
    "6.4 or later"
  #elseif compiler(>=6.3)
    "6.3"
  #else
    "6.2"
  #endif
}

/// The kernels that the environment asks for.
func chosenKernels() throws -> KernelSet { try KernelSet(environment: ProcessInfo.processInfo.environment) }

extension KernelSet.SelectionError: UserFacingError {
  package var exitStatus: ExitStatus { .usage }
}
