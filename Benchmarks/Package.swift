// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that what benchmarks need never reaches users.
let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "activity-recognition", path: "../"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .target(name: "BenchmarkReports"),
    .testTarget(name: "BenchmarkReportsTests", dependencies: ["BenchmarkReports"]),
    .target(
      name: "KernelWorkloads",
      dependencies: [.product(name: "ActivityRecognition", package: "activity-recognition")]),
    .executableTarget(
      name: "har-bench",
      dependencies: [
        "BenchmarkReports", "KernelWorkloads",
        .product(name: "ActivityRecognition", package: "activity-recognition"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: [
        "KernelWorkloads", .product(name: "Benchmark", package: "benchmark"),
        .product(name: "ActivityRecognition", package: "activity-recognition"),
      ],
      path: "Benchmarks/KernelBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ]
)
