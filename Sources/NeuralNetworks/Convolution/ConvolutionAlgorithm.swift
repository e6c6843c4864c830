internal import Kernels

/// How convolutions are computed. Their bits depend on it, and nothing else does.
public enum ConvolutionAlgorithm: String, Codable, CaseIterable, Sendable {
  /// Products of windows with the kernel, for kernels of any width.
  case direct
  /// Winograd's F(4, 3) for kernels of width 3, which takes half the multiplications; other widths are direct.
  case winograd

  /// What is used where nothing else is asked for.
  public static let standard = ConvolutionAlgorithm.winograd

  /// The algorithm of a convolution of a shape.
  func convolution(_ shape: ConvolutionShape) -> any Convolution {
    switch self {
    case .winograd where shape.kernelSize == Winograd.taps: WinogradConvolution(shape: shape)
    default: DirectConvolution(shape: shape)
    }
  }
}
