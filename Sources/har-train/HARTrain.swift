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
        har-train --data har.h5 --model conv-lstm --recurrent-activation hard-sigmoid --epochs 5
        HAR_KERNELS=avx2 har-train --data har.h5
        har-train resume runs/2026-01-31-142530-lstm
        har-train tune examples/tune.yaml --data har.h5 --budget 24
        har-train versions

      EXIT STATUS
        0    done
        64   wrong usage
        65   wrong data
        66   missing input
        71   no memory left
        73   an output exists or cannot be made
        74   reading or writing failed
        75   the run's folder is in use
        130  interrupted, and saved (143: terminated)
      """,
    version: packageVersion,
    subcommands: [Train.self, Resume.self, Tune.self, Evaluate.self, Predict.self, List.self, Versions.self],
    defaultSubcommand: Train.self)

  static func main() { runProcess() }
}
