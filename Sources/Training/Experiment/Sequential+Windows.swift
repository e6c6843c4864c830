package import NeuralNetworks
internal import SystemSupport
internal import Windows

extension Sequential {
  /// The windows `[T, C]` that the network takes: of a shape such as [4, 32, 9], 128 steps of 9 signals in subsequences.
  package var windowShape: (timeSteps: Int, channels: Int) {
    let channels = layers[0].inputShape.last ?? 1
    return (inputCount / channels, channels)
  }

  /// Throws where windows or their classes are none for the network.
  func check(_ windows: WindowSet, mostClass: UInt8? = nil) throws(ModelError) {
    guard windowShape == (windows.timeSteps, windows.channels) else {
      throw ModelError(
        .inputShape(
          layers[0].inputShape,
          expected: "windows of \(windows.timeSteps) time steps and \(windows.channels) signals"))
    }
    if let mostClass, mostClass >= classCount {
      throw ModelError(.other("knows \(classCount) classes, found the label \(mostClass)"))
    }
  }
}
