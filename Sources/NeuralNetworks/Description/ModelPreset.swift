public import Kernels

/// The networks of the tutorial (Brownlee, "LSTMs for Human Activity Recognition Time Series Classification").
public enum ModelPreset: String, Sendable, CaseIterable, Codable {
  /// LSTM → Dropout → Dense → Dense; the recurrent part may be another.
  case lstm
  /// Convolutions over four subsequences, then the same recurrent part over what they give.
  case cnnLSTM = "cnn-lstm"
  /// A convolutional LSTM over four subsequences.
  case convLSTM = "conv-lstm"

  /// The tutorial's epochs.
  public var defaultEpochs: Int { self == .lstm ? 15 : 25 }

  /// Its name in headings.
  public var title: String {
    switch self {
    case .lstm: "LSTM"
    case .cnnLSTM: "CNN-LSTM"
    case .convLSTM: "ConvLSTM"
    }
  }

  /// The options that it has.
  package var options: [PresetOption] {
    switch self {
    case .lstm: [.units, .layers, .bidirectional, .cell, .denseUnits, .dropout]
    case .cnnLSTM: [.units, .layers, .bidirectional, .cell, .denseUnits, .dropout, .filters, .kernelSize]
    case .convLSTM: [.denseUnits, .dropout, .filters, .kernelSize, .recurrentActivation]
    }
  }

  /// The network in these sizes.
  ///
  /// - Throws: which size is impossible.
  public func description(_ sizes: PresetSizes = PresetSizes()) throws(ModelError) -> ModelDescription {
    try check(sizes)
    let length = sizes.timeSteps / sizes.subsequences
    let dropout = Dropout(rate: sizes.dropoutRate)
    let head: [any LayerDescription] = [
      Dense(units: sizes.denseUnits, activation: .relu), Dense(units: sizes.classes, activation: .softmax),
    ]
    switch self {
    case .lstm:
      return ModelDescription(
        inputShape: [sizes.timeSteps, sizes.channels], layers: sizes.recurrentLayers + [dropout] + head)
    case .cnnLSTM:
      let convolution = Conv1D(filters: sizes.filters, kernelSize: sizes.kernelSize, activation: .relu)
      let front: [any LayerDescription] = [convolution, convolution, dropout, MaxPooling1D(), Flatten()]
      return ModelDescription(
        inputShape: [sizes.subsequences, length, sizes.channels],
        layers: front.map { TimeDistributed($0) } + sizes.recurrentLayers + [dropout] + head)
    case .convLSTM:
      let recurrent = ConvLSTM2D(
        filters: sizes.filters, kernelSize: sizes.kernelSize, activation: .relu,
        recurrentActivation: sizes.recurrentActivation)
      return ModelDescription(
        inputShape: [sizes.subsequences, 1, length, sizes.channels], layers: [recurrent, dropout, Flatten()] + head)
    }
  }

  private func check(_ sizes: PresetSizes) throws(ModelError) {
    func fail(_ reason: String) -> ModelError { ModelError(.other("\(rawValue) has impossible sizes: \(reason)")) }
    for (name, size) in sizes.named where !LayerOptions.sizes.contains(size) {
      throw fail("\(size) \(name), expected 1 to \(LayerOptions.sizes.upperBound)")
    }
    guard sizes.dropoutRate >= 0, sizes.dropoutRate < 1 else {
      throw fail("a dropout rate of \(sizes.dropoutRate), expected from 0 and below 1")
    }
    guard PresetSizes.layerCounts.contains(sizes.layers) else {
      let counts = PresetSizes.layerCounts
      throw fail("\(sizes.layers) recurrent layers, expected \(counts.lowerBound) to \(counts.upperBound)")
    }
    guard self != .convLSTM || (sizes.layers == 1 && !sizes.isBidirectional && sizes.cell == .lstm) else {
      throw fail("\(rawValue) has one layer of LSTM cells in one direction; lstm and cnn-lstm have others")
    }
    guard self != .lstm else { return }
    guard sizes.timeSteps % sizes.subsequences == 0 else {
      throw fail("\(sizes.timeSteps) time steps do not divide into \(sizes.subsequences) subsequences")
    }
    let length = sizes.timeSteps / sizes.subsequences
    let shortest = self == .convLSTM ? sizes.kernelSize : 2 * sizes.kernelSize
    guard length >= shortest else {
      throw fail("subsequences of \(length) steps are too short for the convolutions, expected at least \(shortest)")
    }
  }
}

/// What can be chosen about some of the presets.
package enum PresetOption: String, CaseIterable, Sendable {
  case units, layers, bidirectional, cell
  case denseUnits = "dense-units"
  case dropout, filters
  case kernelSize = "kernel-size"
  case recurrentActivation = "recurrent-activation"
}

/// The sizes of a preset, the tutorial's by default; a network takes those that it has (`PresetOption`).
public struct PresetSizes: Sendable, Equatable {
  /// Time steps of a window.
  public var timeSteps = 128
  /// Signals of a time step.
  public var channels = 9
  /// Activities.
  public var classes = 6
  /// Units of each recurrent layer, in each direction.
  public var units = 100
  /// Units of the dense layer before the last.
  public var denseUnits = 100
  /// The share of activations that dropout zeroes.
  public var dropoutRate: Float = 0.5
  /// Filters of the convolutions.
  public var filters = 64
  /// Taps of the convolutions.
  public var kernelSize = 3
  /// Subsequences of a window, for CNN-LSTM and ConvLSTM.
  public var subsequences = 4
  /// The gates' function in ConvLSTM.
  public var recurrentActivation = Activation.sigmoid
  /// Recurrent layers one above the other, all but the last giving the states of every step.
  public var layers = 1
  /// Whether the recurrent layers read their sequences in both directions.
  public var isBidirectional = false
  /// What the recurrent layers are made of.
  public var cell = RecurrentCell.lstm

  /// The tutorial's sizes.
  public init() {}

  package static let layerCounts = 1...64

  fileprivate var named: [(String, Int)] {
    [
      ("time steps", timeSteps), ("channels", channels), ("classes", classes), ("units", units),
      ("dense units", denseUnits), ("filters", filters), ("kernel size", kernelSize), ("subsequences", subsequences),
    ]
  }

  fileprivate var recurrentLayers: [any LayerDescription] {
    (0..<layers).map { index in
      let layer = cell.makeDescription(units: units, returnsSequences: index < layers - 1)
      return isBidirectional ? Bidirectional(both: layer) : layer
    }
  }
}
