// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that what benchmarks need never reaches users.
let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "activity-recognition", path: "../"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "har-bench",
      dependencies: [
        .product(name: "ActivityRecognition", package: "activity-recognition"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ])
  ]
)
