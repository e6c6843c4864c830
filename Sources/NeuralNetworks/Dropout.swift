import Kernels

/// Inverted dropout: in training, each float is zero with probability `rate` and otherwise divided by `1 - rate`.
///
/// https://keras.io/api/layers/regularization_layers/dropout/. The mask of a sample is a function of seed, repeat, epoch, the sample's
/// place in the epoch's order and this layer, and of nothing else. Rates are rounded to multiples of 1/65536.
public struct Dropout: Layer {
  /// The name in model files.
  public let name: String
  /// The shape of a row of the input.
  public let inputShape: [Int]
  /// The shape of a row of the output.
  public var outputShape: [Int] { inputShape }
  /// The probability of a zero.
  public let rate: Float
  /// Which stream of random numbers the layer draws from.
  public let stream: UInt32

  /// A layer on rows of a shape.
  public init(name: String, shape: [Int], rate: Float, stream: UInt32) {
    precondition(rate >= 0 && rate < 1)
    self.name = name
    inputShape = shape
    self.rate = rate
    self.stream = stream
  }

  private var maskStride: Int { (inputCount + 63) & ~63 }

  /// Floats kept between the passes.
  public func workspaceCount(rows: Int) -> Int { rows * maskStride }

  /// The output of a shard.
  public func forward(_ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    guard let dropout = pass.dropout, rate > 0 else {
      output.update(from: input, count: pass.rows * inputCount)
      return
    }
    let threshold = UInt32((rate * 65536).rounded())
    for row in 0..<pass.rows {
      let mask = pass.workspace + row * maskStride
      let key = DropoutKey(
        key: dropout.key, position: UInt32(truncatingIfNeeded: pass.firstPosition + row), epoch: dropout.epoch,
        stream: stream)
      pass.kernels.table.dropoutMask(key, 0, inputCount, threshold, 1 / (1 - rate), mask)
      pass.kernels.table.multiply(input + row * inputCount, mask, output + row * inputCount, inputCount)
    }
  }

  /// The gradients of parameters and input.
  public func backward(
    _ pass: LayerPass, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    guard let inputGradient else { return }
    guard pass.dropout != nil, rate > 0 else {
      inputGradient.update(from: outputGradient, count: pass.rows * inputCount)
      return
    }
    for row in 0..<pass.rows {
      pass.kernels.table.multiply(
        outputGradient + row * inputCount, pass.workspace + row * maskStride, inputGradient + row * inputCount,
        inputCount)
    }
  }
}
