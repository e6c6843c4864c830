// swift-tools-version: 6.2
import PackageDescription

/// As in `../Package.swift`.
let folder = Context.packageDirectory.split(separator: "/").dropLast(2).last ?? ""
let packageName = String(
  folder.lowercased().enumerated().map { $1.isLetter || $1.isNumber && $0 > 0 ? $1 : "_" })
let ofTheParent: [SwiftSetting] = [.unsafeFlags(["-package-name", packageName])]

/// Micro-benchmarks of the kernels by themselves: apart from `har-bench`, because what they depend on takes minutes to build.
let package = Package(
  name: "kernel-benchmarks",
  dependencies: [
    .package(name: "activity-recognition", path: "../../"),
    .package(name: "benchmarks", path: "../"),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: [
        .product(name: "KernelWorkloads", package: "benchmarks"),
        .product(name: "ActivityRecognition", package: "activity-recognition"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/KernelBenchmarks", packageAccess: false, swiftSettings: ofTheParent,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ]
)
