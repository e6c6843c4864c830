// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "train-and-predict",
  dependencies: [.package(name: "activity-recognition", path: "../../")],
  targets: [
    .executableTarget(
      name: "train-and-predict",
      dependencies: [.product(name: "ActivityRecognition", package: "activity-recognition")], path: "Sources")
  ]
)
