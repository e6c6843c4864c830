internal import Kernels

/// A convolution along the positions of sequences: `[P + K - 1, C]` to `[P, F]` with a kernel `[K, C, F]`.
struct ConvolutionShape: Sendable, Equatable {
  /// Positions of the output (P).
  let positions: Int
  /// Channels of the input (C).
  let channels: Int
  /// Channels of the output (F).
  let filters: Int
  /// Taps of the kernel (K).
  let kernelSize: Int

  var inputPositions: Int { positions + kernelSize - 1 }
  var kernelCount: Int { kernelSize * channels * filters }
  /// Floating-point operations of the convolution of a sequence, as `direct` needs them: what speeds are stated in.
  var flops: Int { 2 * positions * kernelCount }
}

/// Sequences `[positions, channels]` in memory, ordered [step][row]; the channels of a sequence lie without gaps.
struct Sequences {
  /// The first position of the first sequence.
  var first: UnsafeMutablePointer<Float>
  var rows: Int
  var rowStride: Int
  var steps = 1
  var stepStride = 0

  var count: Int { steps * rows }

  /// Some rows of the first step.
  func rows(_ range: Range<Int>) -> Sequences {
    Sequences(first: first + range.lowerBound * rowStride, rows: range.count, rowStride: rowStride)
  }
}

/// The kernels, the packed matrices and the scratch memory of one call of a convolution.
struct ConvolutionContext {
  let kernels: KernelSet
  /// The matrices that the convolution asked for.
  let packed: UnsafePointer<Float>
  /// `scratchCount` floats.
  let scratch: UnsafeMutablePointer<Float>
}

/// What an algorithm made of sequences to use again: of inputs from the forward to the backward pass, of output gradients for
/// the gradients of input and weights.
struct TransformedSequences {
  let memory: UnsafeMutablePointer<Float>
  /// The sequences that the memory is laid out for.
  let capacity: Int
  /// The first of those that a call is about.
  var first = 0
}

/// A second convolution, of other channels with another kernel, whose output is added to that of the first.
struct AddedConvolution {
  let channels: Int
  let packed: UnsafePointer<Float>
  let input: Sequences
  let transformed: TransformedSequences
}

/// An algorithm for the three products of a convolution, with the memory and the packed weights that it needs.
///
/// Output gradients have K - 1 positions of zeros before and behind each sequence.
protocol Convolution: Sendable {
  var shape: ConvolutionShape { get }

  /// Floats of the transformed input and output gradient of `sequences`, and of the scratch of a call on that many.
  func inputTransformCount(sequences: Int) -> Int
  func gradientTransformCount(sequences: Int) -> Int
  func scratchCount(sequences: Int) -> Int

  /// Floats of all packed matrices.
  func packedCount(_ kernels: KernelSet) -> Int

  /// Adds the matrices of the kernel that begins at parameter `source`: what the forward pass needs, then what the gradient of
  /// the input does, whose use is `inputGradient`.
  func addMatrices(to builder: inout PackedLayoutBuilder, source: Int, inputGradient: PackedMatrix.Use)

  /// output = bias + input ∗ kernel + what the added convolution gives, of one step.
  func forward(
    _ context: ConvolutionContext, input: Sequences, transformed: TransformedSequences, adding added: AddedConvolution?,
    bias: UnsafePointer<Float>, rectified: Bool, output: Sequences)

  /// Prepares the output gradients of one step for the two calls below.
  func transformGradient(
    _ context: ConvolutionContext, outputGradient: Sequences, into transformed: TransformedSequences)

  /// The gradient of `range` of the input's positions, of one step.
  func inputGradient(
    _ context: ConvolutionContext, outputGradient: Sequences, transformed: TransformedSequences, range: Range<Int>,
    into gradient: Sequences)

  /// The gradient `[K, C, F]` of the kernel.
  func weightGradient(
    _ context: ConvolutionContext, input: Sequences, transformedInput: TransformedSequences,
    outputGradient: Sequences, transformedGradient: TransformedSequences, into gradient: UnsafeMutablePointer<Float>)
}
