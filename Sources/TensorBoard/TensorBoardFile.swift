package import SystemSupport

/// A run's curves, and what it was told, as one file for TensorBoard.
package enum TensorBoardFile {
  /// Writes a run's file anew; one with more points, or with the end, of the same run extends it (see `EventFile.write`).
  ///
  /// - Parameters:
  ///   - folder: the run's, made where it is not there; no other run's file may be in it.
  ///   - startedAt: when the run began, in seconds since 1970. With `hostName` it decides the file's name, so both are those of the
  ///     run, whoever writes.
  ///   - curves: each with a tag of its own, new ones after the others; an end score is a curve of one point, at the time of `end`.
  ///   - hyperparameters: none for a run that is not to be in the HPARAMS tab.
  ///   - metrics: the columns of the HPARAMS tab, with those of the hyperparameters. TensorBoard follows one of the runs that it
  ///     shows, so all of them should have the same names; where none has metrics, it makes a column of everything that it finds.
  ///   - group: runs of the same group, such as repeats with other seeds, are one row with their metrics' means.
  ///   - end: nil for a run that goes on.
  /// - Returns: the file's path.
  @discardableResult
  package static func write(
    to folder: String, startedAt: Double, hostName: String, curves: [ScalarCurve],
    hyperparameters: Hyperparameters? = nil, metrics: [MetricInfo] = [], group: String = "", end: SessionEnd? = nil
  ) throws(OutputError) -> String {
    var file = EventFile(folder: folder, startedAt: startedAt, hostName: hostName)
    if let hyperparameters {
      if !metrics.isEmpty { file.append(experiment: hyperparameters, metrics: metrics, wallTime: startedAt) }
      file.append(sessionStart: hyperparameters, group: group, wallTime: startedAt)
    }
    for event in events(of: curves) {
      file.append(step: event.step, wallTime: event.wallTime, scalars: event.scalars)
    }
    if hyperparameters != nil, let end { file.append(sessionEnd: end) }
    try file.write()
    return file.path
  }

  /// The points of all curves by step, as more steps must only add to the file's end, and as TensorBoard drops what it has of a
  /// curve from a step on that comes again. Those of neighbours with the same step and time are one event.
  private static func events(
    of curves: [ScalarCurve]
  ) -> [(step: Int64, wallTime: Double, scalars: [(tag: String, value: Float)])] {
    let points = curves.flatMap { curve in curve.points.map { (tag: curve.tag, point: $0) } }
    // Swift's sort leaves equals in their order, but promises nothing.
    let ordered = points.enumerated().sorted { ($0.element.point.step, $0.offset) < ($1.element.point.step, $1.offset) }
    var events: [(step: Int64, wallTime: Double, scalars: [(tag: String, value: Float)])] = []
    for (_, (tag, point)) in ordered {
      let scalar = (tag: tag, value: Float(point.value))
      if let last = events.last, last.step == point.step, last.wallTime == point.wallTime {
        events[events.count - 1].scalars.append(scalar)
      } else {
        events.append((point.step, point.wallTime, [scalar]))
      }
    }
    return events
  }
}
