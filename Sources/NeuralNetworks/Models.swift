public import Kernels

/// The networks of the tutorial (Brownlee, "LSTMs for Human Activity Recognition Time Series Classification").
public enum Architecture: String, Sendable, CaseIterable, Codable {
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
}

/// The sizes of a network, the tutorial's by default.
public struct ModelConfiguration: Sendable, Equatable, Codable {
  /// Which network.
  public var architecture: Architecture
  /// Time steps and signals of a window, and classes.
  public var timeSteps = 128
  /// Channels of a step (C).
  public var channels = 9
  /// Classes.
  public var classes = 6
  /// Units of each recurrent layer, in each direction.
  public var units = 100
  /// Units of the dense layer before the last.
  public var denseUnits = 100
  /// The share of activations that dropout zeroes.
  public var dropoutRate: Float = 0.5
  /// Filters and taps of the convolutions.
  public var filters = 64
  /// Taps of the convolution (K).
  public var kernelSize = 3
  /// Subsequences of a window, for CNN-LSTM and ConvLSTM.
  public var subsequences = 4
  /// The gates' function in ConvLSTM.
  public var recurrentActivation = Activation.sigmoid
  /// Recurrent layers one above the other, all but the last giving the states of every step; 1 in ConvLSTM.
  public var layers = 1
  /// Whether the recurrent layers read their sequences in both directions; never in ConvLSTM.
  public var isBidirectional = false
  /// What the recurrent layers are made of; LSTM in ConvLSTM.
  public var cell = RecurrentCell.lstm

  /// The tutorial's network.
  public init(_ architecture: Architecture) { self.architecture = architecture }

  /// The model.
  public func makeModel() -> Sequential {
    switch architecture {
    case .lstm: lstm()
    case .cnnLSTM: cnnLSTM()
    case .convLSTM: convLSTM()
    }
  }

  private func lstm() -> Sequential {
    Sequential(
      recurrentLayers(steps: timeSteps, features: channels) + [
        Dropout(name: "dropout", shape: [stateCount], rate: dropoutRate, stream: 1)
      ] + head(inputs: stateCount))
  }

  /// Floats of a recurrent layer's state.
  private var stateCount: Int { isBidirectional ? 2 * units : units }

  /// The recurrent part, on `[steps, features]`, under the names that Keras gives: lstm, lstm_1…, or bidirectional with forward_lstm and
  /// backward_lstm inside.
  private func recurrentLayers(steps: Int, features: Int) -> [any Layer] {
    (0..<layers).map { index in
      let suffix = index == 0 ? "" : "_\(index)"
      func layer(_ name: String) -> any RecurrentLayer {
        cell.makeLayer(
          name: name + suffix, steps: steps, features: index == 0 ? features : stateCount, units: units,
          returnsSequences: index < layers - 1)
      }
      guard isBidirectional else { return layer(cell.rawValue) }
      return Bidirectional(
        name: "bidirectional\(suffix)", forward: layer("forward_\(cell.rawValue)"),
        backward: layer("backward_\(cell.rawValue)"))
    }
  }

  private func cnnLSTM() -> Sequential {
    let length = timeSteps / subsequences
    func distributed(_ index: Int, _ layer: any Layer) -> any Layer {
      TimeDistributed(
        name: index == 0 ? "time_distributed" : "time_distributed_\(index)", steps: subsequences, inner: layer)
    }
    let first = Conv1D(name: "conv1d", steps: length, channels: channels, filters: filters, kernelSize: kernelSize)
    let second = Conv1D(
      name: "conv1d_1", steps: first.outputShape[0], channels: filters, filters: filters, kernelSize: kernelSize)
    let dropout = Dropout(name: "dropout", shape: second.outputShape, rate: dropoutRate, stream: 1)
    let pooling = MaxPooling1D(name: "max_pooling1d", steps: second.outputShape[0], channels: filters)
    let flatten = Flatten(name: "flatten", shape: pooling.outputShape)
    return Sequential(
      [
        distributed(0, first), distributed(1, second), distributed(2, dropout), distributed(3, pooling),
        distributed(4, flatten),
      ] + recurrentLayers(steps: subsequences, features: flatten.outputCount) + [
        Dropout(name: "dropout_1", shape: [stateCount], rate: dropoutRate, stream: 2)
      ] + head(inputs: stateCount))
  }

  private func convLSTM() -> Sequential {
    let recurrent = ConvLSTM2D(
      name: "conv_lstm2d", steps: subsequences, width: timeSteps / subsequences, channels: channels, filters: filters,
      kernelSize: kernelSize, activation: .relu, recurrentActivation: recurrentActivation)
    return Sequential(
      [
        recurrent, Dropout(name: "dropout", shape: recurrent.outputShape, rate: dropoutRate, stream: 1),
        Flatten(name: "flatten", shape: recurrent.outputShape),
      ] + head(inputs: recurrent.outputCount))
  }

  private func head(inputs: Int) -> [any Layer] {
    [
      Dense(name: "dense", inputs: inputs, units: denseUnits, function: .relu),
      Dense(name: "dense_1", inputs: denseUnits, units: classes, function: .softmax),
    ]
  }
}

extension ModelConfiguration {
  /// Decodes what ``encode(to:)`` wrote, or an earlier version did: what that didn't know has its default.
  ///
  /// Throws what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(Architecture.self, forKey: .architecture))
    timeSteps = try values.decode(Int.self, forKey: .timeSteps)
    channels = try values.decode(Int.self, forKey: .channels)
    classes = try values.decode(Int.self, forKey: .classes)
    units = try values.decode(Int.self, forKey: .units)
    denseUnits = try values.decode(Int.self, forKey: .denseUnits)
    dropoutRate = try values.decode(Float.self, forKey: .dropoutRate)
    filters = try values.decode(Int.self, forKey: .filters)
    kernelSize = try values.decode(Int.self, forKey: .kernelSize)
    subsequences = try values.decode(Int.self, forKey: .subsequences)
    recurrentActivation = try values.decode(Activation.self, forKey: .recurrentActivation)
    layers = try values.decodeIfPresent(Int.self, forKey: .layers) ?? layers
    isBidirectional = try values.decodeIfPresent(Bool.self, forKey: .isBidirectional) ?? isBidirectional
    cell = try values.decodeIfPresent(RecurrentCell.self, forKey: .cell) ?? cell
  }
}
