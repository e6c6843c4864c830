package import NeuralNetworks
package import Windows

extension Sequential {
  /// The windows `[T, C]` that the network takes: of a shape such as [4, 32, 9], 128 steps of 9 signals in subsequences.
  package var windowShape: (timeSteps: Int, channels: Int) {
    let channels = layers[0].inputShape.last ?? 1
    return (inputCount / channels, channels)
  }

  /// Throws where windows are none for the network.
  package func check(_ windows: WindowSet) throws(ModelError) {
    let (timeSteps, channels) = windowShape
    guard (timeSteps, channels) == (windows.timeSteps, windows.channels) else {
      throw ModelError(
        .other(
          "takes windows of \(timeSteps) time steps and \(channels) signals, found \(windows.timeSteps) time steps and "
            + "\(windows.channels) signals"))
    }
  }
}
