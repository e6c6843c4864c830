import Foundation

/// Training measured at several numbers of threads, with one way of dividing the work.
public struct ScalingReport: Sendable {
  /// A number of threads.
  public struct Point: Sendable {
    /// Of each process.
    public let threads: Int
    /// Windows a second, over the repetitions.
    public let samplesPerSecond: Spread
    /// What so many cores do at most together, in GFLOP/s.
    public let peakGigaflops: Double
    /// What a step is made of, in seconds of the mean thread; empty where that wasn't measured.
    public let phases: [(name: String, seconds: Double)]

    /// Memberwise.
    public init(
      threads: Int, samplesPerSecond: Spread, peakGigaflops: Double, phases: [(name: String, seconds: Double)] = []
    ) {
      self.threads = threads
      self.samplesPerSecond = samplesPerSecond
      self.peakGigaflops = peakGigaflops
      self.phases = phases
    }
  }

  /// What is scaled: `shards` of one model's minibatches, or `models` side by side.
  public let strategy: String
  /// Processes that share the work.
  public let processes: Int
  /// The machine's cores: more threads than these are no scaling.
  public let cores: Int
  /// Windows of an epoch.
  public let windows: Int
  /// Windows of a minibatch.
  public let batchSize: Int
  /// Operations of a window's training, in GFLOP.
  public let gigaflopPerWindow: Double
  /// Ascending by threads.
  public let points: [Point]
  /// Windows a second of one thread of one process; nil where that wasn't measured.
  public let reference: Double?

  /// Memberwise; points in any order. One process finds its reference among them.
  public init(
    strategy: String, processes: Int = 1, cores: Int, windows: Int, batchSize: Int = 64, gigaflopPerWindow: Double,
    points: [Point], reference: Double? = nil
  ) {
    self.strategy = strategy
    self.processes = processes
    self.cores = cores
    self.windows = windows
    self.batchSize = batchSize
    self.gigaflopPerWindow = gigaflopPerWindow
    self.points = points.sorted { $0.threads < $1.threads }
    self.reference =
      reference ?? (processes == 1 ? points.first { $0.threads == 1 }?.samplesPerSecond.median : nil)
  }

  /// Threads of all processes.
  public func allThreads(_ point: Point) -> Int { point.threads * processes }

  /// Whether a point has more threads than there are cores.
  public func isOversubscribed(_ point: Point) -> Bool { allThreads(point) > cores }

  /// Speed-up over one thread; nil without one.
  public func speedup(_ point: Point) -> Double? { reference.map { point.samplesPerSecond.median / $0 } }

  /// The fit to the points that are scaling; nil for several processes, which lose by other laws.
  public var fit: ScalingFit? {
    guard processes == 1 else { return nil }
    return ScalingFit(
      points.filter { !isOversubscribed($0) }.compactMap { point in
        speedup(point).map { (cores: point.threads, relativeTime: 1 / $0) }
      })
  }

  /// The strategy, and how many processes share the work where there are several.
  public var name: String { processes == 1 ? strategy : "\(strategy) of \(processes) processes" }

  // MARK: Text

  private static let columns = [
    "threads", "samples/s", "spread", "s/epoch", "speed-up", "efficiency", "GFLOP/s", "% of peak",
  ]

  /// The tables, and what the fit says, for people.
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
        isScaling ? speedup.map { "\(format(100 * $0 / Double(allThreads(point)), 1)) %" } ?? "-" : "-",
        format(gigaflops, 1), isScaling ? "\(format(100 * gigaflops / point.peakGigaflops, 1)) %" : "oversubscribed",
      ])
    }
    return [name, TextTable.text(rows), fitText, phaseText].compactMap { $0 }.joined(separator: "\n")
  }

  private var fitText: String? {
    guard processes == 1 else { return nil }
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

  private var phaseText: String? {
    let measured = points.filter { !$0.phases.isEmpty }
    guard let first = measured.first else { return nil }
    let rows = measured.map { point in
      let step = point.phases.reduce(0) { $0 + $1.seconds }
      return ["\(point.threads)", format(step * 1e3, 2)] + point.phases.map { format($0.seconds * 1e3, 3) }
    }
    return "\nA step of \(batchSize) windows, ms of the mean thread\n"
      + TextTable.text([["threads", "step"] + first.phases.map(\.name)] + rows)
  }

  /// The points as CSV, phases in seconds.
  public static func csv(_ reports: [ScalingReport]) -> String {
    let phases = reports.flatMap(\.points).map { $0.phases.map(\.name) }.max { $0.count < $1.count } ?? []
    let columns =
      ["strategy", "processes", "threads", "oversubscribed", "batch_size", "samples_per_second", "least", "most"]
      + ["seconds_per_epoch", "speedup", "efficiency", "gigaflops", "peak_gigaflops"]
      + phases.map { $0.replacingOccurrences(of: " ", with: "_") + "_seconds" }
    var text = columns.joined(separator: ",") + "\n"
    for report in reports {
      for point in report.points {
        let rate = point.samplesPerSecond
        let speedup = report.speedup(point)
        let numbers: [Double?] =
          [
            rate.median, rate.least, rate.most, Double(report.windows) / rate.median, speedup,
            speedup.map { $0 / Double(report.allThreads(point)) }, rate.median * report.gigaflopPerWindow,
            point.peakGigaflops,
          ] + phases.map { name in point.phases.first { $0.name == name }?.seconds }
        text += "\(report.strategy),\(report.processes),\(point.threads),\(report.isOversubscribed(point)),"
        text += "\(report.batchSize)," + numbers.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",") + "\n"
      }
    }
    return text
  }
}

/// A number with so many digits after the point.
public func format(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }
