import Kernels
import NeuralNetworks
import Testing

/// The units of completing gradients divide the parameters among workers: every float is one unit's, and no two share a cache line.
@Suite struct GradientUnitTests {
  static let models: [ModelConfiguration] = [Architecture.lstm, .cnnLSTM].flatMap { architecture in
    RecurrentCell.allCases.flatMap { cell in
      [(7, false), (13, true), (100, false), (100, true)].map { units, isBidirectional in
        var configuration = ModelConfiguration(architecture)
        configuration.units = units
        configuration.layers = 2
        configuration.isBidirectional = isBidirectional
        configuration.cell = cell
        return configuration
      }
    }
  }

  @Test(arguments: models)
  func unitsAreAllParametersOnce(_ configuration: ModelConfiguration) throws {
    let model = configuration.makeModel()
    let plan = ExecutionPlan(
      model: model, kernels: try KernelSet(KernelSet.bestName), shardRows: 4, minibatchRows: 64)
    let units = plan.gradientUnits()
    var end = 0
    for unit in units {
      #expect(unit.range.lowerBound == end)
      #expect(unit.range.upperBound % 16 == 0 && !unit.range.isEmpty)
      end = unit.range.upperBound
    }
    #expect(end == model.parameterBufferCount)
    // Enough of them for many threads, however the matrices stand to cache lines.
    #expect(units.count >= model.parameterCount / 65_536)
  }
}
