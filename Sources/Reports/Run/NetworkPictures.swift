internal import Plots
internal import Statistics
internal import Training

extension NetworkResults {
  /// A picture with the name that its file gets.
  typealias NamedPicture = (name: String, picture: Picture)

  /// Loss, accuracy and learning rate by epoch: a line per repeat, those of held-out people broken.
  func curves(_ prefix: String) -> [NamedPicture] {
    func plot(
      _ name: String, _ title: String, _ yLabel: String,
      _ curves: [(name: String, value: (EpochReport) -> Double?, isDashed: Bool)]
    ) -> NamedPicture? {
      let series = curves.enumerated().flatMap { colour, curve in
        repeats.map(\.record.epochs).map { epochs in
          LinePlot.Series(
            name: curve.name,
            points: epochs.compactMap { report in curve.value(report).map { (Double(report.epoch + 1), $0) } },
            colour: colour, isDashed: curve.isDashed)
        }
      }.filter { !$0.points.isEmpty }
      guard !series.isEmpty else { return nil }
      return (
        name,
        LinePlot(id: "\(prefix)-\(name)", title: title, xLabel: "epoch", yLabel: yLabel, series: series).picture
      )
    }
    return [
      plot(
        "loss", "Loss", "cross-entropy",
        [("training", { $0.loss }, false), ("validation", { $0.validationLoss }, true)]),
      plot(
        "accuracy", "Accuracy", "per cent",
        [
          ("training", { $0.accuracy * 100 }, false), ("validation", { $0.validationAccuracy.map { $0 * 100 } }, true),
        ]),
      hasOneLearningRate
        ? nil : plot("learning-rate", "Learning rate", "last step's", [("learning rate", { $0.learningRate }, false)]),
    ].compactMap { $0 }
  }

  private var hasOneLearningRate: Bool {
    Set(repeats.flatMap { $0.record.epochs.map(\.learningRate) }).count < 2
  }

  /// The confusion matrix; nil where no repeat has finished.
  func confusionPicture(_ prefix: String) -> NamedPicture? {
    confusion.map {
      (
        "confusion",
        HeatMap(
          id: "\(prefix)-confusion", title: "Confusion", rows: activityNames, columns: activityNames, counts: $0,
          rowName: "activity", columnName: "predicted"
        ).picture
      )
    }
  }

  /// Accuracy per person, with the least and the most of a repeat.
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
        id: "\(prefix)-people", title: "Accuracy per test person", xLabel: "per cent, and its range over repeats",
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

  /// Windows that are mistaken for others, as signals.
  func examples(_ prefix: String) -> [(mistake: MistakenWindow, picture: NamedPicture)] {
    guard let store = members.first?.store else { return [] }
    return MistakenWindow.worst(self, count: 6).map { mistake in
      let name = "window-\(mistake.window)"
      let plot = SignalPlot(
        id: "\(prefix)-\(name)",
        title: "\(activityNames[mistake.label]), taken for \(activityNames[mistake.predicted])",
        samplesPerSecond: store.description.samplingRate, panels: store.panels(of: store.test, window: mistake.window))
      return (mistake, (name, plot.picture))
    }
  }
}
