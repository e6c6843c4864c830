public import Kernels

/// The networks of the tutorial (Brownlee, "LSTMs for Human Activity Recognition Time Series Classification").
public enum Architecture: String, Sendable, CaseIterable, Codable {
  /// LSTM → Dropout → Dense → Dense.
  case lstm
  /// Convolutions over four subsequences, then an LSTM over what they give.
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
  /// Units of the LSTM and of the dense layer before the last.
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
      [
        LSTM(name: "lstm", steps: timeSteps, features: channels, units: units),
        Dropout(name: "dropout", shape: [units], rate: dropoutRate, stream: 1),
      ] + head(inputs: units))
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
        LSTM(name: "lstm", steps: subsequences, features: flatten.outputCount, units: units),
        Dropout(name: "dropout_1", shape: [units], rate: dropoutRate, stream: 2),
      ] + head(inputs: units))
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
