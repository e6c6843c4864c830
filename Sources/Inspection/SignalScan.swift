internal import Windows

/// Two passes over the readings of a split: the first for the mean and the extremes, the second for what needs them.
struct SignalScan {
  /// One per channel; none where there are no windows.
  let figures: [SignalFigures]
  /// Windows in which at least one signal never changes, other than those that never change in the whole split.
  let windowsWithConstantSignal: Int

  init(_ windows: WindowSet, names: [String]) {
    guard windows.count > 0 else {
      (figures, windowsWithConstantSignal) = ([], 0)
      return
    }
    let extremes = Extremes(windows)
    let readings = Double(windows.count * windows.timeSteps)
    let means = extremes.minima.indices.map {
      // A sum of equal readings would round.
      extremes.minima[$0] == extremes.maxima[$0] ? Double(extremes.minima[$0]) : extremes.sums[$0] / readings
    }
    let second = Spread(windows, means: means, extremes)
    figures = names.indices.map {
      SignalFigures(
        signal: names[$0], minimum: extremes.minima[$0], maximum: extremes.maxima[$0], mean: means[$0],
        deviation: (second.squares[$0] / readings).squareRoot(),
        shareAtMinimum: Double(second.atMinimum[$0]) / readings,
        shareAtMaximum: Double(second.atMaximum[$0]) / readings, constantWindows: extremes.constantWindows[$0])
    }
    // Signals that never change at all do not change in any window either.
    let alwaysConstant = windows.timeSteps > 1 ? figures.count(where: \.isConstant) : 0
    windowsWithConstantSignal = extremes.windowsByConstants.dropFirst(alwaysConstant + 1).reduce(0, +)
  }

  private struct Extremes {
    var minima: [Float]
    var maxima: [Float]
    var sums: [Double]
    var constantWindows: [Int]
    /// Windows by how many of their signals never change, `[C + 1]`.
    var windowsByConstants: [Int]

    init(_ windows: WindowSet) {
      let channels = windows.channels
      minima = Array(repeating: .infinity, count: channels)
      maxima = Array(repeating: -.infinity, count: channels)
      sums = Array(repeating: 0, count: channels)
      constantWindows = Array(repeating: 0, count: channels)
      windowsByConstants = Array(repeating: 0, count: channels + 1)
      for row in 0..<windows.count {
        let window = windows.window(row)
        var constants = 0
        for channel in 0..<channels {
          var (low, high) = (window[channel], window[channel])
          var sum = 0.0
          for place in stride(from: channel, to: windows.windowCount, by: channels) {
            let value = window[place]
            if value < low { low = value }
            if value > high { high = value }
            sum += Double(value)
          }
          minima[channel] = min(minima[channel], low)
          maxima[channel] = max(maxima[channel], high)
          sums[channel] += sum
          if low == high, windows.timeSteps > 1 {
            constantWindows[channel] += 1
            constants += 1
          }
        }
        windowsByConstants[constants] += 1
      }
    }
  }

  private struct Spread {
    /// Sums of squared deviations from the mean.
    var squares: [Double]
    var atMinimum: [Int]
    var atMaximum: [Int]

    init(_ windows: WindowSet, means: [Double], _ extremes: Extremes) {
      let channels = windows.channels
      squares = Array(repeating: 0, count: channels)
      atMinimum = Array(repeating: 0, count: channels)
      atMaximum = Array(repeating: 0, count: channels)
      for row in 0..<windows.count {
        let window = windows.window(row)
        for channel in 0..<channels {
          let (mean, low, high) = (means[channel], extremes.minima[channel], extremes.maxima[channel])
          var (sum, lows, highs) = (0.0, 0, 0)
          for place in stride(from: channel, to: windows.windowCount, by: channels) {
            let value = window[place]
            let deviation = Double(value) - mean
            sum += deviation * deviation
            if value == low { lows += 1 }
            if value == high { highs += 1 }
          }
          squares[channel] += sum
          atMinimum[channel] += lows
          atMaximum[channel] += highs
        }
      }
    }
  }
}
