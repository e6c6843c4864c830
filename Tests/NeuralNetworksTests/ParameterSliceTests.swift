import Kernels
import NeuralNetworks
import Testing

/// Slices divide the parameters among workers: every float is one slice's, and no two share a cache line.
@Suite struct ParameterSliceTests {
  static let networks: [(preset: ModelPreset, sizes: PresetSizes)] = [ModelPreset.lstm, .cnnLSTM].flatMap { preset in
    RecurrentCell.allCases.flatMap { cell in
      [(7, false), (13, true), (100, false), (100, true)].map { units, isBidirectional in
        var sizes = PresetSizes()
        sizes.units = units
        sizes.layers = 2
        sizes.isBidirectional = isBidirectional
        sizes.cell = cell
        return (preset, sizes)
      }
    }
  }

  @Test(arguments: networks)
  func slicesAreAllParametersOnce(_ network: (preset: ModelPreset, sizes: PresetSizes)) throws {
    let model = try Sequential(try network.preset.description(network.sizes))
    let plan = ExecutionPlan(
      model: model, kernels: try KernelSet(KernelSet.bestName), shardRows: 4, minibatchRows: 64)
    var end = 0
    for slice in plan.slices {
      #expect(slice.range.lowerBound == end)
      #expect(slice.range.upperBound % 16 == 0 && !slice.range.isEmpty)
      end = slice.range.upperBound
    }
    #expect(end == model.parameterBufferCount)
    // Enough of them for many threads, however the matrices stand to cache lines.
    #expect(plan.slices.count >= model.parameterCount / 65_536)
  }

  /// Shards keep gradients for the layers that compute them per shard, and for no others.
  @Test func shardGradientsAreThoseOfLayersThatUseThem() throws {
    let kernels = try KernelSet(KernelSet.bestName)
    for preset in ModelPreset.allCases {
      let model = try Sequential(try preset.description())
      let plan = ExecutionPlan(model: model, kernels: kernels, shardRows: 4, minibatchRows: 64)
      let perShard = model.layers.filter { $0.weightGradient == .perShard }.map { ($0.parameterCount + 15) / 16 * 16 }
      #expect(plan.shardGradientCount == perShard.reduce(0, +))
      #expect(plan.shardGradientCount < model.parameterBufferCount)
    }
  }

  /// No gate kernel may write, not even back what it found, beyond its own row of a minibatch's operands.
  @Test(arguments: RecurrentCell.allCases, 1...40)
  func rowsOfOperandsHoldAllThatIsWritten(_ cell: RecurrentCell, _ units: Int) throws {
    let features = 2 * units + 1 + units % 7
    let description: any LayerDescription = cell == .lstm ? LSTM(units: units) : GRU(units: units)
    var building = LayerBuilding(convolution: .standard)
    let layer = try description.definition().makeLayer(inputShape: [2, features], &building)
    guard case .perBatch(let products) = layer.weightGradient else {
      Issue.record("the layer has gradients per shard")
      return
    }
    let vector = 16
    let end = (units + vector - 1) / vector * vector
    #expect(products.inputStride >= features + end)
    let gates = cell == .lstm ? 3 * units : (products.products.map { $0.outputColumn }.max() ?? 0) + 2 * units
    #expect(products.outputStride >= gates + end)
  }
}
