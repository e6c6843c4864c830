// swift-tools-version: 6.2
import PackageDescription

/// What is measured is for the package alone: these targets count as its own. SwiftPM names a package for the access level
/// by its folder (`packageAccess: false` keeps it from giving them this package's name).
let folder = Context.packageDirectory.split(separator: "/").dropLast().last ?? ""
let packageName = String(
  folder.lowercased().enumerated().map { $1.isLetter || $1.isNumber && $0 > 0 ? $1 : "_" })
let ofTheParent: [SwiftSetting] = [.unsafeFlags(["-package-name", packageName])]
let mpiCommunication: Target.Dependency = .product(name: "MPICommunication", package: "activity-recognition")
let activityRecognition: Target.Dependency = .product(name: "ActivityRecognition", package: "activity-recognition")

/// A package of its own, so that what benchmarks need never reaches users.
let package = Package(
  name: "benchmarks",
  products: [.library(name: "KernelWorkloads", targets: ["KernelWorkloads"])],
  traits: [.trait(name: "MPI", description: "Measures several processes.")],
  dependencies: [
    .package(
      name: "activity-recognition", path: "../",
      traits: [.trait(name: "MPI", condition: .when(traits: ["MPI"]))]),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .target(name: "BenchmarkReports", dependencies: [.product(name: "Plots", package: "activity-recognition")]),
    .testTarget(name: "BenchmarkReportsTests", dependencies: ["BenchmarkReports"]),
    .target(
      name: "KernelWorkloads", dependencies: [activityRecognition], packageAccess: false, swiftSettings: ofTheParent),
    .target(name: "StepModel"),
    .testTarget(name: "StepModelTests", dependencies: ["StepModel"]),
    .target(
      name: "StepMeasurement", dependencies: ["StepModel", activityRecognition, mpiCommunication],
      packageAccess: false, swiftSettings: ofTheParent),
    .testTarget(
      name: "StepMeasurementTests", dependencies: ["StepMeasurement", "StepModel", activityRecognition],
      packageAccess: false, swiftSettings: ofTheParent),
    .executableTarget(
      name: "har-bench",
      dependencies: [
        "BenchmarkReports", "KernelWorkloads", "StepMeasurement", "StepModel", activityRecognition, mpiCommunication,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      packageAccess: false, swiftSettings: ofTheParent),
    .testTarget(
      name: "CommandTests",
      dependencies: ["har-bench", .product(name: "TestSupport", package: "activity-recognition")],
      packageAccess: false, swiftSettings: ofTheParent),
  ]
)
