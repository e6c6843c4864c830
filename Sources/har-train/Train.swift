import ActivityData
import ArgumentParser
import Foundation
import Kernels
import NeuralNetworks
import Training

/// The repeated-experiment protocol on a store.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train networks repeatedly and print the protocol of their test accuracies.")

  @Option(help: ArgumentHelp("The store that har-convert wrote.", valueName: "STORE.h5"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "A new folder for models in Keras's format and the course of the epochs. (default: none)", valueName: "DIR"))
  var output: String?

  @Option(help: ArgumentHelp("Which repeats' models --output keeps: none or all.", valueName: "none|all"))
  var keep: KeepChoice = .all

  @OptionGroup var options: TrainOptions
  @OptionGroup var division: ThreadOptions

  func run() throws {
    try reportingErrors {
      let kernels = try chosenKernels()
      let store = try WindowStore.read(path: data)
      var settings = options.settings(
        timeSteps: store.train.timeSteps, channels: store.train.channels, classes: store.activityNames.count)
      let experimentData = try ExperimentData(
        train: store.train, test: store.test, validating: settings.validationSubjects)
      settings.keep = keep == .all ? .all : .none
      let storage = try output.map { try RunOutput(path: $0, settings: settings) }
      let stop = StopRequest()
      let interruption = InterruptionWatch(stop)
      let view = ProgressView(settings: settings, isQuiet: division.quiet)
      view.announce(store: store, kernels: kernels, threads: division.threadCount)
      let printer = ProtocolPrinter(settings: settings, isSynthetic: store.isSynthetic)
      let experiment = Experiment(
        settings: settings, data: experimentData, kernels: kernels, stop: stop, storage: storage
      ) { event in
        view.show(event)
        if case .ended(let id, let record) = event { view.aside { printer.note(id, record) } }
      }
      let records = try experiment.run(threads: division.threadCount, concurrentModels: division.modelCount)
      view.finish()
      guard records != nil else { throw ExitCode(interruption.exitCode) }
    }
  }
}

/// Which models a run keeps.
enum KeepChoice: String, ExpressibleByArgument, CaseIterable {
  case none, all
}

extension ExperimentData {
  /// Splits the windows; a wrong choice of people is wrong usage.
  init(train: WindowSet, test: WindowSet, validating subjects: [Int]) throws {
    do throws(ExperimentData.SelectionError) {
      try self.init(train: train, test: test, validationSubjects: subjects)
    } catch {
      func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }
      switch error {
      case .noSuchSubjects(let unknown, let available):
        throw CommandError(
          exitStatus: .usage,
          message: "--validation-subjects: no training windows of \(list(unknown)); expected among \(list(available))")
      case .nobodyLeft:
        throw CommandError(
          exitStatus: .usage, message: "--validation-subjects: names everybody; somebody must be left to learn from")
      }
    }
  }
}
