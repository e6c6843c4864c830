// swift-tools-version: 6.2
import PackageDescription

/// One source, one instruction set per target: only the first three may contain wide instructions, and `Kernels` enters them
/// only after asking the processor (docs/kernels.md).
func kernelSettings(_ flags: [String] = []) -> [SwiftSetting] {
  [.unsafeFlags(["-Ounchecked"] + flags, .when(configuration: .release))]
}
let avx512 = kernelSettings(["-Xcc", "-march=x86-64-v4"])
let avx512bf16 = kernelSettings(["-Xcc", "-march=x86-64-v4", "-Xcc", "-mavx512bf16"])
let avx2 = kernelSettings(["-Xcc", "-march=x86-64-v3"])
let baseline = kernelSettings()

/// Of modules that only write what a person reads, a page or lines of text: optimizing them takes a seventh of a first build's
/// processor time, and nobody could tell its result from this.
let presentation: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let yaml: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
  name: "activity-recognition",
  products: [
    .executable(name: "har-convert", targets: ["har-convert"]),
    .executable(name: "har-synthesize", targets: ["har-synthesize"]),
    .executable(name: "har-train", targets: ["har-train"]),
    .library(
      name: "ActivityRecognition",
      targets: ["HDF5", "Windows", "Recordings", "Kernels", "NeuralNetworks", "ModelFiles", "Training"]),
    // Shared with the benchmarks.
    .library(name: "Plots", targets: ["Plots"]),
    .library(name: "MPICommunication", targets: ["Communication", "MPICommunication"]),
    .library(name: "TestSupport", targets: ["_TestSupport"]),
    // Preloaded by tests.
    .library(name: "FailingCalls", type: .dynamic, targets: ["CFailingCalls"]),
  ],
  traits: [
    .trait(
      name: "MPI", description: "Trains in several processes, on one machine or many, that mpirun or Slurm starts.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .target(name: "CPlatform"),
    .target(name: "SystemSupport", dependencies: ["CCrypto", "CPlatform"]),
    .target(name: "CHDF5Driver", dependencies: ["CHDF5"]),
    .target(name: "HDF5", dependencies: ["CHDF5", "CHDF5Driver", "SystemSupport"]),
    .target(name: "Windows", dependencies: ["HDF5", "SystemSupport"]),
    .target(name: "Recordings", dependencies: ["Windows", "HDF5", "SystemSupport"]),

    .target(name: "CommandSupport", dependencies: ["SystemSupport", arguments]),

    .target(name: "CAVX512"),
    .target(name: "KernelTemplates", dependencies: ["CPlatform"]),
    .target(
      name: "KernelsAVX512BF16", dependencies: ["KernelTemplates", "CAVX512"], swiftSettings: avx512bf16),
    .target(name: "KernelsAVX512", dependencies: ["KernelTemplates", "CAVX512"], swiftSettings: avx512),
    .target(name: "KernelsAVX2", dependencies: ["KernelTemplates"], swiftSettings: avx2),
    .target(name: "KernelsBaseline", dependencies: ["KernelTemplates"], swiftSettings: baseline),
    .target(
      name: "Kernels",
      dependencies: [
        "CPlatform", "SystemSupport", "KernelTemplates", "KernelsAVX512BF16", "KernelsAVX512", "KernelsAVX2",
        "KernelsBaseline",
      ]),

    .target(name: "Communication"),
    .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]),
    .target(
      name: "MPICommunication",
      dependencies: ["Communication", .target(name: "CMPI", condition: .when(traits: ["MPI"]))]),
    .target(name: "NeuralNetworks", dependencies: ["Kernels", "SystemSupport"]),
    .target(name: "ModelFiles", dependencies: ["NeuralNetworks", "HDF5", "SystemSupport"]),
    .target(
      name: "Training",
      dependencies: [
        "Communication", "ModelFiles", "NeuralNetworks", "Kernels", "Windows", "HDF5", "SystemSupport", "CPlatform",
        yaml,
      ]),
    .target(name: "Statistics", dependencies: ["Kernels", "SystemSupport"]),
    .target(name: "Inspection", dependencies: ["Windows", "SystemSupport"]),
    .target(name: "Plots", swiftSettings: presentation),
    .target(name: "TensorBoard", dependencies: ["SystemSupport"]),
    .target(
      name: "Reports",
      dependencies: [
        "Training", "NeuralNetworks", "Inspection", "Windows", "Statistics", "Plots", "TensorBoard", "SystemSupport",
        mustache,
      ],
      resources: ["layout.mustache", "page.css", "pictures.mustache", "sections.mustache", "table.mustache"].map {
        .embedInCode("Pages/\($0)")
      },
      swiftSettings: presentation),
    .executableTarget(
      name: "har-train",
      dependencies: [
        "MPICommunication", "Communication", "Reports", "Inspection", "Training", "ModelFiles", "NeuralNetworks",
        "Kernels", "Windows", "HDF5", "SystemSupport", "CommandSupport", arguments,
      ],
      swiftSettings: presentation),

    .executableTarget(
      name: "har-convert",
      dependencies: ["Recordings", "Windows", "HDF5", "SystemSupport", "CommandSupport", arguments],
      path: "data-tools/har-convert"),
    .executableTarget(
      name: "har-synthesize",
      dependencies: ["Recordings", "Windows", "Kernels", "SystemSupport", "CommandSupport", arguments],
      path: "data-tools/har-synthesize"),

    .target(
      name: "_TestSupport",
      dependencies: ["Communication", "HDF5", "Kernels", "NeuralNetworks", "SystemSupport", "Windows"],
      path: "Tests/_TestSupport"),
    .testTarget(name: "CommunicationTests", dependencies: ["Communication", "_TestSupport"]),
    .testTarget(name: "SystemSupportTests", dependencies: ["SystemSupport", "_TestSupport"]),
    .testTarget(name: "HDF5Tests", dependencies: ["HDF5", "_TestSupport"]),
    .testTarget(
      name: "WindowsTests", dependencies: ["Windows", "HDF5", "SystemSupport", "_TestSupport"], exclude: ["Goldens"]),
    .testTarget(name: "RecordingsTests", dependencies: ["Recordings", "Windows", "SystemSupport", "_TestSupport"]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "SystemSupport", "CPlatform"]),
    .testTarget(
      name: "NeuralNetworksTests", dependencies: ["NeuralNetworks", "Kernels", "SystemSupport", "_TestSupport"],
      exclude: ["Goldens"]),
    .testTarget(
      name: "ModelFilesTests",
      dependencies: ["ModelFiles", "NeuralNetworks", "Kernels", "HDF5", "SystemSupport", "_TestSupport"],
      exclude: ["Goldens"]),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .target(name: "CFailingCalls", path: "Tests/CFailingCalls"),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Communication", "Training", "ModelFiles", "NeuralNetworks", "Windows", "HDF5", "Kernels", "SystemSupport",
        "CAllocationCounter",
        "_TestSupport",
      ]),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics", "Kernels", "_TestSupport"]),
    .testTarget(name: "PlotsTests", dependencies: ["Plots", "_TestSupport"]),
    .testTarget(name: "TensorBoardTests", dependencies: ["TensorBoard", "SystemSupport", "_TestSupport"]),
    .testTarget(
      name: "ReportsTests",
      dependencies: ["Reports", "Inspection", "Training", "NeuralNetworks", "Kernels", "Windows", "_TestSupport"]),
    .testTarget(name: "InspectionTests", dependencies: ["Inspection", "Windows", "_TestSupport"]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "_TestSupport", "CommandSupport", "HDF5", "SystemSupport", "har-convert", "har-synthesize", "har-train",
      ]),
  ]
)

// libFuzzer's programs need `--sanitize fuzzer` (`make fuzz`), so they are no part of other builds.
if Context.environment["HAR_FUZZING"] != nil {
  package.targets += [
    .target(
      name: "FuzzedReaders",
      dependencies: ["Recordings", "Training", "ModelFiles", "NeuralNetworks", "Windows", "SystemSupport"],
      path: "data-tools/har-fuzz/FuzzedReaders"),
    .executableTarget(name: "har-fuzz", dependencies: ["FuzzedReaders"], path: "data-tools/har-fuzz/har-fuzz"),
  ]
}
