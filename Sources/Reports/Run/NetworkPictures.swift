internal import Plots
internal import Statistics

extension NetworkResults {
  /// A picture with the name that its file gets.
  typealias NamedPicture = (name: String, picture: Picture)

  /// The confusion matrix; nil where no repeat has finished.
  func confusionPicture(_ prefix: String) -> NamedPicture? {
    confusion.map {
      (
        "confusion",
        HeatMap(
          id: "\(prefix)-confusion", title: "Confusion matrix", rows: activityNames, columns: activityNames, counts: $0
        ).picture
      )
    }
  }

  /// Accuracy per person: the mean over repeats, with its minimum and maximum.
  func peoplePicture(_ prefix: String) -> NamedPicture? {
    let people = people
    guard !people.isEmpty else { return nil }
    let bars = people.map { person in
      (
        name: "person \(person.person)", value: person.mean * 100,
        interval: person.accuracies.count < 2
          ? nil
          : (person.accuracies.min() ?? 0) * 100...(person.accuracies.max() ?? 0) * 100
      )
    }
    return (
      "people",
      BarPlot(
        id: "\(prefix)-people", title: "Accuracy per test person",
        xLabel: members.count > 1 ? "accuracy (%), mean and range over repeats" : "accuracy (%)",
        bars: bars
      ).picture
    )
  }

  func calibrationPicture(_ prefix: String) -> NamedPicture? {
    calibration.map { calibration in
      let bins = calibration.bins.compactMap { bin in
        bin.confidence.flatMap { confidence in bin.accuracy.map { (confidence, $0, bin.windows) } }
      }
      return (
        "calibration",
        ReliabilityPlot(id: "\(prefix)-calibration", title: "Calibration", bins: bins).picture
      )
    }
  }

  /// Misclassified windows, as signals. Throws where the store's windows are streamed and can't be read.
  func examples(_ prefix: String) throws -> [(mistake: MistakenWindow, picture: NamedPicture)] {
    guard let store = members.first?.store else { return [] }
    return try MistakenWindow.worst(self, count: 6).map { mistake in
      let name = "window-\(mistake.window)"
      let plot = SignalPlot(
        id: "\(prefix)-\(name)",
        title: "\(activityNames[mistake.label]), predicted \(activityNames[mistake.predicted])",
        samplesPerSecond: store.description.samplingRate,
        panels: try store.panels(of: store.test, window: mistake.window))
      return (mistake, (name, plot.picture))
    }
  }
}
