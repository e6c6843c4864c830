internal import Plots
internal import Training

/// Loss, accuracy and learning rate by epoch, a line per repeat and split.
///
/// Up to eight repeats have a colour each, and validation is dashed. Where there are more, colours tell training and validation
/// apart, and repeats are told by their tooltips alone.
struct TrainingCurves {
  private typealias Curve = (name: String, value: (EpochReport) -> Double?, isDashed: Bool)

  /// Those with an epoch to draw.
  private let repeats: [(id: TrainingID, record: RepeatRecord)]
  private let prefix: String

  /// - Parameter prefix: begins the pictures' ids.
  init(_ network: NetworkResults, _ prefix: String) {
    repeats = network.repeats.filter { !$0.record.epochs.isEmpty }
    self.prefix = prefix
  }

  /// Without those of which no epoch tells anything, and without a learning rate that never changes.
  var pictures: [NetworkResults.NamedPicture] {
    [
      picture(
        "loss", "Loss", "cross-entropy",
        [("training", { $0.loss }, false), ("validation", { $0.validationLoss }, true)]),
      picture(
        "accuracy", "Accuracy", "accuracy (%)",
        [
          ("training", { $0.accuracy * 100 }, false), ("validation", { $0.validationAccuracy.map { $0 * 100 } }, true),
        ]),
      hasOneLearningRate
        ? nil
        : picture(
          "learning-rate", "Learning rate", "learning rate (last step of the epoch)",
          [("learning rate", { $0.learningRate }, false)]),
    ].compactMap { $0 }
  }

  /// How the lines are to be read; nil for a single repeat's, of which the legends say it all.
  var note: String? {
    guard repeats.count > 1 else { return nil }
    let hasValidation = repeats.contains { $0.record.epochs.contains { $0.validationLoss != nil } }
    if hasColours { return "One colour per repeat" + (hasValidation ? "; validation is dashed." : ".") }
    return hasValidation
      ? "One line per repeat and split: with more than eight repeats, colours tell training from validation, not one repeat "
        + "from another."
      : "One line per repeat, all in one colour, as there are more than eight repeats."
  }

  private var hasColours: Bool { (2...8).contains(repeats.count) }

  private var hasOneLearningRate: Bool {
    Set(repeats.flatMap { $0.record.epochs.map(\.learningRate) }).count < 2
  }

  private func picture(
    _ name: String, _ title: String, _ yLabel: String, _ curves: [Curve]
  ) -> NetworkResults.NamedPicture? {
    let known = curves.filter { curve in repeats.contains { $0.record.epochs.contains { curve.value($0) != nil } } }
    guard !known.isEmpty else { return nil }
    let series = known.enumerated().flatMap { index, curve in
      repeats.enumerated().compactMap { place, one -> LinePlot.Series? in
        let points = one.record.epochs.compactMap { epoch in
          curve.value(epoch).map { (x: Double(epoch.epoch + 1), y: $0) }
        }
        guard !points.isEmpty else { return nil }
        return LinePlot.Series(
          name: repeats.count > 1 ? "#\(one.id.repeatIndex + 1) \(curve.name)" : curve.name, points: points,
          colour: hasColours ? place : index, isDashed: curve.isDashed)
      }
    }
    let plot = LinePlot(
      id: "\(prefix)-\(name)", title: title, xLabel: "epoch", yLabel: yLabel, series: series,
      legend: legend(known))
    return (name, plot.picture)
  }

  /// What is solid and dashed, then, where they have colours, the repeats by the names of their table.
  private func legend(_ curves: [Curve]) -> [LegendEntry] {
    let kinds = curves.enumerated().map { index, curve in
      LegendEntry(
        repeats.count > 8 ? "\(curve.name), \(repeats.count) repeats" : curve.name,
        curve.isDashed ? .dashedLine : .line, colour: hasColours ? "faint" : PlotStyle.series(index))
    }
    guard hasColours else { return kinds }
    return kinds + [LegendEntry("repeat", nil, colour: "")]
      + repeats.enumerated().map { place, one in
        LegendEntry("#\(one.id.repeatIndex + 1)", .line, colour: PlotStyle.series(place))
      }
  }
}
