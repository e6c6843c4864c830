import Kernels
import NeuralNetworks
import SystemSupport
import Testing

/// Fresh weights as Keras defines them: Glorot's uniform numbers, orthogonal recurrent kernels, and a forget gate that begins open.
@Suite struct InitializerTests {
  private static let units = 24
  private static let features = 9

  /// Parameters of two LSTMs and a classifier, in their order.
  private func parameters() throws -> [[Float]] {
    let model = try Sequential(
      ModelDescription(
        inputShape: [5, Self.features],
        layers: [
          LSTM(units: Self.units, returnsSequences: true), LSTM(units: Self.units),
          Dense(units: 4, activation: .softmax),
        ]))
    let buffer = AlignedBuffer(count: model.parameterBufferCount)
    model.initialize(buffer.address, key: (1, 2))
    return model.placedParameters.map { place in
      Array(UnsafeBufferPointer(start: buffer.address + place.offset, count: place.parameter.count))
    }
  }

  @Test func kernelsAreUniformWithinGlorotsLimit() throws {
    let all = try parameters()
    for (index, fanIn, fanOut) in [
      (0, Self.features, 4 * Self.units), (3, Self.units, 4 * Self.units), (6, Self.units, 4),
    ] {
      let limit = (6 / Float(fanIn + fanOut)).squareRoot()
      let kernel = all[index]
      #expect(kernel.count == fanIn * fanOut)
      #expect(kernel.allSatisfy { abs($0) <= limit })
      #expect(kernel.max()! > 0.9 * limit && kernel.min()! < -0.9 * limit)
      // The deviation of a uniform number is limit/√3; its share by chance is within a tenth here.
      let deviation = (kernel.reduce(0) { $0 + $1 * $1 } / Float(kernel.count)).squareRoot()
      #expect(abs(deviation * Float(3).squareRoot() / limit - 1) < 0.1)
    }
  }

  @Test func rowsOfRecurrentKernelsAreOrthonormal() throws {
    let all = try parameters()
    let width = 4 * Self.units
    for kernel in [all[1], all[4]] {
      for row in 0..<Self.units {
        for other in 0...row {
          let dot = (0..<width).reduce(0.0) {
            $0 + Double(kernel[row * width + $1]) * Double(kernel[other * width + $1])
          }
          #expect(abs(dot - (row == other ? 1 : 0)) < 1e-6)
        }
      }
    }
  }

  @Test func forgetGatesBeginOpen() throws {
    let all = try parameters()
    let expected = (0..<(4 * Self.units)).map { $0 / Self.units == 1 ? 1 as Float : 0 }
    #expect(all[2] == expected && all[5] == expected)
    #expect(all[7] == [0, 0, 0, 0])
  }

  @Test func layersBeginDifferently() throws {
    let all = try parameters()
    #expect(all[1] != all[4])
    #expect(all[0].prefix(50) != all[3].prefix(50))
  }
}
