internal import Kernels

/// Inverted dropout: in training, each float is zero with probability `rate` and otherwise divided by `1 - rate`.
///
/// https://keras.io/api/layers/regularization_layers/dropout/
public struct Dropout: LayerDescription {
  package var name: String?
  /// The probability of a zero, from 0 and below 1; rounded to multiples of 1/65536.
  public let rate: Float

  /// A layer that zeroes floats with probability `rate`.
  public init(rate: Float, name: String? = nil) {
    self.rate = rate
    self.name = name
  }

  static let expectedRate = "a number from 0 and below 1"
}

extension Dropout: LayerDefinition {
  package init(_ options: LayerOptions) throws(ModelError) {
    guard let found = options["rate"]?.double else {
      throw options.unsupported("rate", options["rate"], expected: Self.expectedRate)
    }
    self.init(rate: Float(found), name: options.name)
    guard isPossible else { throw unsupported("rate", .number(found), expected: Self.expectedRate) }
  }

  private var isPossible: Bool { rate >= 0 && rate < 1 }

  package var config: [LayerOption] {
    [.own("rate", .decimal(rate)), .unread("seed", nil), .unread("noise_shape", nil)]
  }

  package static var hasBuildConfig: Bool { false }

  package func makeLayer(inputShape: [Int], _ building: inout LayerBuilding) throws(ModelError) -> any Layer {
    guard isPossible else { throw unsupported("rate", .decimal(rate), expected: Self.expectedRate) }
    building.dropouts += 1
    return DropoutLayer(name: layerName, inputShape: inputShape, rate: rate, stream: building.dropouts)
  }
}

/// The mask of a row is a function of seed, repeat, epoch, the row's place in the epoch's order and this layer's stream, and of
/// nothing else.
package struct DropoutLayer: Layer {
  package let name: String
  package let inputShape: [Int]
  package var outputShape: [Int] { inputShape }
  let rate: Float
  /// Which stream of random numbers the layer draws from.
  package let stream: UInt32

  private var maskStride: Int { (inputCount + 63) & ~63 }

  package func passesInputOn(inTraining: Bool) -> Bool { !inTraining || rate == 0 }

  package func workspaceCount(rows: Int) -> Int { rows * maskStride }

  package func forward(_ context: LayerContext, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>) {
    let count = inputCount
    guard let dropout = context.dropout, rate > 0 else {
      output.update(from: input, count: context.rows * count)
      return
    }
    let threshold = UInt32((rate * 65536).rounded())
    for row in 0..<context.rows {
      let mask = context.workspace + row * maskStride
      var key = dropout
      key.position = UInt32(truncatingIfNeeded: context.firstPosition + row)
      key.stream = stream
      context.kernels.table.dropoutMask(key, 0, count, threshold, 1 / (1 - rate), mask)
      context.kernels.table.multiply(input + row * count, mask, output + row * count, count)
    }
  }

  package func backward(
    _ context: LayerContext, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
    outputGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?
  ) {
    guard let inputGradient else { return }
    let count = inputCount
    guard context.dropout != nil, rate > 0 else {
      inputGradient.update(from: outputGradient, count: context.rows * count)
      return
    }
    for row in 0..<context.rows {
      context.kernels.table.multiply(
        outputGradient + row * count, context.workspace + row * maskStride, inputGradient + row * count, count)
    }
  }
}
