// swift-tools-version: 6.2
import PackageDescription

/// One source, one instruction set a target: only the first two may contain wide instructions, and `Kernels` enters them
/// only after asking the processor (docs/kernels.md).
func kernelSettings(_ flags: [String] = []) -> [SwiftSetting] {
  [.unsafeFlags(["-Ounchecked"] + flags, .when(configuration: .release))]
}
let avx512 = kernelSettings(["-Xcc", "-march=x86-64-v4"])
let avx2 = kernelSettings(["-Xcc", "-march=x86-64-v3"])
let baseline = kernelSettings()

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "activity-recognition",
  products: [
    .executable(name: "har-convert", targets: ["har-convert"]),
    .executable(name: "har-synthesize", targets: ["har-synthesize"]),
    .executable(name: "har-train", targets: ["har-train"]),
    .library(name: "ActivityRecognition", targets: ["ActivityData", "HDF5", "Kernels", "NeuralNetworks", "Training"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .target(name: "CPlatform"),
    .target(name: "HDF5", dependencies: ["CHDF5"]),
    .target(name: "ActivityData", dependencies: ["HDF5", "CPlatform"]),

    .target(name: "KernelTemplates"),
    .target(name: "KernelsAVX512", dependencies: ["KernelTemplates"], swiftSettings: avx512),
    .target(name: "KernelsAVX2", dependencies: ["KernelTemplates"], swiftSettings: avx2),
    .target(name: "KernelsBaseline", dependencies: ["KernelTemplates"], swiftSettings: baseline),
    .target(
      name: "Kernels",
      dependencies: ["CPlatform", "KernelTemplates", "KernelsAVX512", "KernelsAVX2", "KernelsBaseline"]),

    .target(name: "NeuralNetworks", dependencies: ["Kernels", "HDF5"]),
    .target(
      name: "Training",
      dependencies: [
        "NeuralNetworks", "ActivityData", "HDF5", "CPlatform", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Yams", package: "Yams"),
      ]),
    .executableTarget(name: "har-train", dependencies: ["Training", "HDF5", arguments]),

    .executableTarget(
      name: "har-convert", dependencies: ["ActivityData", arguments], path: "data-tools/har-convert"),
    .executableTarget(
      name: "har-synthesize", dependencies: ["ActivityData", arguments], path: "data-tools/har-synthesize"),

    .target(name: "_TestSupport", path: "Tests/_TestSupport"),
    .testTarget(name: "HDF5Tests", dependencies: ["HDF5", "_TestSupport"]),
    .testTarget(
      name: "ActivityDataTests", dependencies: ["ActivityData", "HDF5", "_TestSupport"], exclude: ["Goldens"]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "_TestSupport"]),
    .testTarget(
      name: "NeuralNetworksTests",
      dependencies: ["NeuralNetworks", "Training", "ActivityData", "HDF5", "_TestSupport"],
      exclude: ["Goldens"]),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Training", "ActivityData", "HDF5", "Kernels", "CAllocationCounter", "_TestSupport"]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["_TestSupport", "HDF5", "har-convert", "har-synthesize", "har-train"]),
  ]
)
