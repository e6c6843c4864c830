internal import Foundation
package import Plots
internal import Statistics
internal import SystemSupport
package import Training
package import Windows

/// A run as a page to read and as pictures: what its folder says, and what its networks say of the store's test windows.
package struct RunReport: FolderReport, Sendable {
  /// The pictures' folder in the run's.
  package static let picturesFolder = "plots"

  package let run: RunResults
  package let networks: [NetworkResults]

  package var folder: String { run.path }

  /// Lets the finished repeats judge the test windows.
  ///
  /// - Parameter store: the run's, its windows as they were recorded; nil where it isn't at hand, and the page says less.
  /// - Throws: where a checkpoint can't be read, or is of another run.
  package init(_ run: RunResults, store: WindowStore?, _ context: PredictionContext) throws {
    self.init(
      run,
      networks: try run.configuration.settings.models.indices.map {
        try NetworkResults(run, network: $0, store: store, context)
      })
  }

  /// The report of a run whose networks have been judged, in the order of its settings.
  package init(_ run: RunResults, networks: [NetworkResults]) {
    self.run = run
    self.networks = networks
  }

  /// Writes every picture of the page as a file of its own. Returns their folder.
  @discardableResult
  package func writePictures() throws -> String {
    let folder = "\(run.path)/\(Self.picturesFolder)"
    try FileSystem.makeFolders(folder)
    // Windows that an earlier report showed may be none of these.
    for name in FileSystem.names(in: folder) where name.hasSuffix(".svg") { FileSystem.remove("\(folder)/\(name)") }
    for (name, picture) in try pictures {
      try AtomicFile.replace("\(folder)/\(name).svg", with: picture.svg(.standalone).utf8)
    }
    return folder
  }

  /// The pictures by their files' names; those of several networks begin with the network's. Throws where the store's windows are
  /// streamed and can't be read.
  package var pictures: [(name: String, picture: Picture)] {
    get throws {
      try [("scores", scores.picture)]
        + networks.flatMap { network in
          let prefix = prefix(network)
          let all =
            TrainingCurves(network, prefix).pictures
            + [network.confusionPicture(prefix), network.peoplePicture(prefix)].compactMap { $0 }
            + [network.calibrationPicture(prefix)].compactMap { $0 } + (try network.examples(prefix).map(\.picture))
          return all.map { (networks.count > 1 ? "\(prefix)-\($0.name)" : $0.name, $0.picture) }
        }
    }
  }

  private func prefix(_ network: NetworkResults) -> String { network.settings.name }

  private var scores: BoxPlot {
    BoxPlot(
      id: "scores", title: "Test accuracy of the repeats", yLabel: "accuracy (%)",
      groups: networks.map { ($0.settings.title, $0.scores) })
  }

  // MARK: The page

  /// The page's text.
  package func html() throws -> String {
    var page = Page(title: "\(networks.map(\.settings.title).joined(separator: ", ")): \(run.name)")
    let configuration = run.configuration
    page.lead = [
      "Begun \(run.began.dayAndMinute). Repeats: \(configuration.settings.repeats), epochs: "
        + "\(networks.map { "\($0.settings.training.epochs)" }.uniqued.joined(separator: " and "))."
    ]
    page.warnings += run.warnings
    if configuration.store.isSynthetic {
      page.warnings.append(Page.syntheticWarning)
    }
    if networks.allSatisfy(\.scores.isEmpty) {
      page.warnings.append("No repeat has finished.")
    } else if networks.allSatisfy(\.members.isEmpty) {
      page.warnings.append(
        "Accuracy per person, calibration and examples are missing: the store \(configuration.store.path) was not there, or was "
          + "another one.")
    }
    for network in networks {
      for (id, record) in network.repeats {
        if let warning = record.warning {
          page.warnings.append("\(network.settings.title), repeat \(id.repeatIndex + 1): \(warning)")
        }
      }
    }
    page.sections = try [overview] + networks.flatMap(sections) + [origin]
    return try page.html()
  }

  private var overview: Page.Section {
    let rows = networks.map { network in
      let scores = Scores(network.scores)
      let confusion = network.confusion
      return [
        network.settings.title, "\(network.finished.count) of \(run.configuration.settings.repeats)",
        RunFacts.number(scores.mean, 3), RunFacts.number(scores.deviation, 3),
        RunFacts.number(network.scores.min(), 3), RunFacts.number(network.scores.max(), 3),
        RunFacts.number(ConfusionMatrix.macroF1(confusion), 4),
        RunFacts.number(confusion.flatMap { CohenKappa.value($0) }, 4),
        RunFacts.number(network.ensemble.map { $0.evaluation.accuracy * 100 }, 3),
        RunFacts.number(network.calibration?.expectedError, 4),
        RunFacts.number(network.windowsPerSecond, 0),
      ]
    }
    return Page.Section(
      tables: [
        Page.Table(
          caption: Page.accuracyCaption,
          heading: [
            "network", "repeats", "mean", "SD", "minimum", "maximum", "macro F1", "kappa", "ensemble", "ECE",
            "windows/s",
          ], rows: rows)
      ], figures: [Page.Figure(picture: scores.picture, caption: scores.note)])
  }

  private func sections(_ network: NetworkResults) throws -> [Page.Section] {
    let prefix = prefix(network)
    let curves = TrainingCurves(network, prefix)
    var sections = [
      Page.Section(heading: network.settings.title, tables: [repeatsTable(network)]),
      Page.Section(
        subheading: "Training", paragraphs: [curves.note].compactMap { $0 },
        figures: curves.pictures.map { Page.Figure(picture: $0.picture) }),
    ]
    if let confusion = network.confusion, let picture = network.confusionPicture(prefix) {
      sections.append(
        Page.Section(
          subheading: "Activities",
          paragraphs: [
            network.finished.count == 1
              ? "Test windows." : "Test windows of all \(network.finished.count) repeats together."
          ],
          tables: [RunFacts.measures(confusion, network.activityNames)],
          figures: [Page.Figure(picture: picture.picture)]))
    }
    let people = [network.peoplePicture(prefix), network.calibrationPicture(prefix)].compactMap { $0 }
    if !people.isEmpty {
      sections.append(
        Page.Section(
          subheading: "People and calibration", paragraphs: peopleParagraphs(network),
          figures: people.map { Page.Figure(picture: $0.picture) }))
    }
    let examples = try network.examples(prefix)
    if !examples.isEmpty {
      sections.append(
        Page.Section(
          subheading: "Misclassified windows",
          paragraphs: [
            "Test windows that the ensemble of the repeats misclassifies, at most two per pair of activities: first those that the "
              + "most repeats misclassify, of these the most confident. Probabilities are the mean over repeats."
          ],
          figures: examples.map { Page.Figure(picture: $0.picture.picture, caption: caption($0.mistake, network)) }))
    }
    return sections
  }

  private func peopleParagraphs(_ network: NetworkResults) -> [String] {
    var paragraphs: [String] = []
    if let estimate = ClusterBootstrap(seed: network.settings.training.seed).share(network.people.map(\.totals)) {
      paragraphs.append(
        "The accuracy's 95 % confidence interval over people is \((estimate.interval.lowerBound * 100).decimal(digits: 2)) to "
          + "\((estimate.interval.upperBound * 100).decimal(digits: 2)) % (bootstrap of \(estimate.people) people)."
      )
    }
    if let calibration = network.calibration {
      paragraphs.append(
        "Expected calibration error \(calibration.expectedError.decimal(digits: 4)) over \(calibration.bins.count) bins, maximum calibration error "
          + "\(calibration.maximumError.decimal(digits: 4)), Brier score \(calibration.brierScore.decimal(digits: 4)).")
    }
    return paragraphs
  }

  private func repeatsTable(_ network: NetworkResults) -> Page.Table {
    Page.Table(
      heading: ["repeat", "accuracy (%)", "loss", "epochs", "weights of", "state", "seconds", "windows/s"],
      rows: network.repeats.map { id, record in
        let rates = record.epochs.map(\.samplesPerSecond)
        return [
          "#\(id.repeatIndex + 1)", RunFacts.number(record.score, 3), RunFacts.number(record.testLoss, 4),
          "\(record.progress.epoch)", record.finalEpoch.map { "epoch \($0.epoch + 1)" } ?? "-",
          record.status == .finished && record.isStoppedEarly == true ? "stopped early" : record.status.rawValue,
          record.epochs.reduce(0) { $0 + $1.seconds }.decimal(digits: 1),
          RunFacts.number(Quantiles(rates)?.median, 0),
        ]
      })
  }

  private func caption(_ mistake: MistakenWindow, _ network: NetworkResults) -> String {
    let likely = mistake.probabilities.enumerated().sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }.prefix(
      3)
    let list = likely.map { "\(network.activityNames[$0.offset]) \((Double($0.element) * 100).decimal(digits: 1)) %" }
    let of = "\(mistake.wrongRepeats) of \(counted(network.members.count, "repeat"))"
    return "Test window \(mistake.window), misclassified by \(of): " + list.joined(separator: ", ")
  }

  private var origin: Page.Section {
    Page.origin(
      run.configuration,
      [Page.Table(caption: "SHA-256 of the final weights", rows: RunFacts.digests(networks), isFacts: true)])
  }
}

extension Array where Element: Hashable {
  /// Each element once, where it first occurs.
  var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
