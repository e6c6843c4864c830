import Foundation

/// Training measured at several numbers of threads, with one way of dividing the work.
public struct ScalingReport: Sendable {
  /// A number of threads.
  public struct Point: Sendable {
    /// Threads in all.
    public let threads: Int
    /// Windows a second, over the repetitions.
    public let samplesPerSecond: Spread
    /// What so many cores do at most together, in GFLOP/s.
    public let peakGigaflops: Double

    /// Memberwise.
    public init(threads: Int, samplesPerSecond: Spread, peakGigaflops: Double) {
      self.threads = threads
      self.samplesPerSecond = samplesPerSecond
      self.peakGigaflops = peakGigaflops
    }
  }

  /// What is scaled: `shards` of one model's minibatches, or `models` side by side.
  public let strategy: String
  /// The machine's cores: more threads than these are no scaling.
  public let cores: Int
  /// Windows of an epoch.
  public let windows: Int
  /// Operations of a window's training, in GFLOP.
  public let gigaflopPerWindow: Double
  /// Ascending by threads.
  public let points: [Point]

  /// Memberwise; points in any order.
  public init(strategy: String, cores: Int, windows: Int, gigaflopPerWindow: Double, points: [Point]) {
    self.strategy = strategy
    self.cores = cores
    self.windows = windows
    self.gigaflopPerWindow = gigaflopPerWindow
    self.points = points.sorted { $0.threads < $1.threads }
  }

  /// Whether a point has more threads than there are cores.
  public func isOversubscribed(_ point: Point) -> Bool { point.threads > cores }

  private var reference: Double? { points.first { $0.threads == 1 }?.samplesPerSecond.median }

  /// Speed-up over one thread; nil without one.
  public func speedup(_ point: Point) -> Double? { reference.map { point.samplesPerSecond.median / $0 } }

  /// The fit to the points that are scaling.
  public var fit: ScalingFit? {
    ScalingFit(
      points.filter { !isOversubscribed($0) }.compactMap { point in
        speedup(point).map { (cores: point.threads, relativeTime: 1 / $0) }
      })
  }

  // MARK: Text

  private static let columns = [
    "threads", "samples/s", "spread", "s/epoch", "speed-up", "efficiency", "GFLOP/s", "% of peak",
  ]

  /// The table, and what the fit says, for people.
  public var text: String {
    var rows = [Self.columns]
    for point in points {
      let rate = point.samplesPerSecond
      let gigaflops = rate.median * gigaflopPerWindow
      let speedup = speedup(point)
      let isScaling = !isOversubscribed(point)
      rows.append([
        "\(point.threads)", format(rate.median, 0), "±\(format(100 * rate.relative, 1)) %",
        format(Double(windows) / rate.median, 3), isScaling ? speedup.map { format($0, 2) } ?? "-" : "-",
        isScaling ? speedup.map { "\(format(100 * $0 / Double(point.threads), 1)) %" } ?? "-" : "-",
        format(gigaflops, 1), isScaling ? "\(format(100 * gigaflops / point.peakGigaflops, 1)) %" : "oversubscribed",
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let table = rows.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
    }
    return ([strategy] + table + [fitText]).joined(separator: "\n")
  }

  private var fitText: String {
    guard let fit, let last = points.last(where: { !isOversubscribed($0) }) else {
      return "No fit: it needs a measurement at 1 thread and at one more number of threads up to the \(cores) cores."
    }
    let communication =
      fit.communicationShare.map { "communication \(format(100 * $0, 2)) % a further core" }
      ?? "which may be communication too: two numbers of threads can't tell them apart"
    let next = last.threads * 2
    let speedup = fit.speedup(cores: next)
    return "Fit: serial \(format(100 * fit.serialShare, 2)) %, \(communication). "
      + "\(next) cores would give a speed-up of \(format(speedup, 2)) (efficiency \(format(100 * speedup / Double(next), 0)) %)."
  }

  /// The points as CSV.
  public static func csv(_ reports: [ScalingReport]) -> String {
    var text =
      "strategy,threads,oversubscribed,samples_per_second,least,most,seconds_per_epoch,speedup,efficiency,gigaflops,peak_gigaflops\n"
    for report in reports {
      for point in report.points {
        let rate = point.samplesPerSecond
        let speedup = report.speedup(point)
        let numbers: [Double?] = [
          rate.median, rate.least, rate.most, Double(report.windows) / rate.median, speedup,
          speedup.map { $0 / Double(point.threads) }, rate.median * report.gigaflopPerWindow, point.peakGigaflops,
        ]
        text += "\(report.strategy),\(point.threads),\(report.isOversubscribed(point)),"
        text += numbers.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",") + "\n"
      }
    }
    return text
  }
}

/// A number with so many digits after the point.
public func format(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }
