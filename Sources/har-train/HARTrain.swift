import ArgumentParser
import CommandSupport
import SystemSupport

/// The command: `train` unless another subcommand is named.
@main
struct HARTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "har-train",
    abstract: "Train activity-recognition networks on every core, with the same bits at any thread count.",
    discussion: """
      EXAMPLES
        har-train --data har.h5
        har-train --data har.h5 --model all --repeats 10 --threads 16
        har-train --data har.h5 --model conv-lstm --filters 32 --epochs 5
        HAR_KERNELS=avx2 har-train --data har.h5
        har-train resume runs/2026-01-31-142530-lstm
        har-train tune examples/tune.yaml --data har.h5 --budget 24
        har-train cross-validate --data har.h5 --folds subjects
        har-train report runs/demo
        har-train compare runs/a runs/b
        har-train versions

      \(ExitStatusHelp.training)
      """,
    version: packageVersion,
    subcommands: [
      Train.self, Resume.self, Tune.self, CrossValidate.self, Evaluate.self, Predict.self, Report.self, Compare.self,
      List.self,
      Summary.self,
      Inspect.self, Versions.self,
    ],
    defaultSubcommand: Train.self)

  static func main() {
    ProcessGroup.begin()
    runProcess(
      withoutArguments: "nothing to do; to train: har-train --data STORE.h5, to see all there is: har-train --help")
  }
}
