internal import NeuralNetworks
internal import SystemSupport

/// LAMB: You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 Minutes" (2020), algorithm 2 with φ(z) = z.
///
/// Each tensor x of the parameters moves by rate · ‖x‖ / ‖r + λx‖ · (r + λx), where r = m̂ / (√v̂ + ε) is Adam's direction with its bias
/// corrected, and λ the weight decay; by rate · (r + λx) where one of the two has no length. A step is two loops over the slices of
/// the parameters, `direct` and `move`, and between them `weigh`, which the leader does alone: all sums have one order.
struct Lamb: Sendable {
  /// What a slice has of one tensor, as a range of the parameters' buffer.
  private struct Piece: Sendable {
    let tensor: Int
    let range: Range<Int>
  }

  /// Sums over a piece, in its order.
  private struct Squares {
    var parameters = 0.0
    var direction = 0.0
  }

  private let settings: Adam.Settings
  private let weightDecay: Float
  private let pieces: [Piece]
  /// Each slice's pieces.
  private let slices: [Range<Int>]
  private let squares: SharedSlots<Squares>
  /// Each tensor's ‖x‖ / ‖r + λx‖.
  private let ratios: SharedSlots<Float>

  init(_ settings: TrainingSettings, _ plan: ExecutionPlan) {
    self.settings = settings.adam
    weightDecay = settings.weightDecay ?? 0
    let tensors = plan.model.placedParameters.map { $0.offset..<($0.offset + $0.parameter.count) }
    var pieces: [Piece] = []
    slices = plan.slices.map { slice in
      let first = pieces.count
      for (tensor, range) in tensors.enumerated() where range.overlaps(slice.range) {
        pieces.append(Piece(tensor: tensor, range: range.clamped(to: slice.range)))
      }
      return first..<pieces.count
    }
    self.pieces = pieces
    squares = SharedSlots(repeating: Squares(), count: pieces.count)
    ratios = SharedSlots(repeating: 1, count: tensors.count)
  }

  /// The first loop: lets the moments follow the gradient times `gradientScale`, and puts r + λx into the gradient's place.
  func direct(
    _ slice: Int, of parameters: AlignedBuffer, gradient: AlignedBuffer, gradientScale: Float, adam: Adam, step: Int
  ) {
    let corrections = adam.biasCorrections(step: step)
    let (x, g, m, v) = (
      parameters.address, gradient.address, adam.firstMoment.address, adam.secondMoment.address
    )
    for piece in slices[slice] {
      var sums = Squares()
      for i in pieces[piece].range {
        let scaled = g[i] * gradientScale
        m[i] += (scaled - m[i]) * (1 - settings.beta1)
        v[i] += (scaled * scaled - v[i]) * (1 - settings.beta2)
        let direction = (m[i] / corrections.first) / ((v[i] / corrections.second).squareRoot() + settings.epsilon)
        g[i] = direction + weightDecay * x[i]
        sums.parameters += Double(x[i]) * Double(x[i])
        sums.direction += Double(g[i]) * Double(g[i])
      }
      squares[piece] = sums
    }
  }

  /// Between the loops: each tensor's lengths.
  func weigh() {
    for tensor in 0..<ratios.count {
      var sums = Squares()
      for piece in pieces.indices where pieces[piece].tensor == tensor {
        sums.parameters += squares[piece].parameters
        sums.direction += squares[piece].direction
      }
      let ratio = Float((sums.parameters / sums.direction).squareRoot())
      ratios[tensor] = sums.parameters > 0 && sums.direction > 0 && ratio.isFinite ? ratio : 1
    }
  }

  /// The last loop: moves the parameters by what `direct` left in the gradient's place.
  func move(_ slice: Int, of parameters: AlignedBuffer, direction: AlignedBuffer, rate: Float) {
    for piece in slices[slice] {
      let size = rate * ratios[pieces[piece].tensor]
      for i in pieces[piece].range { parameters.address[i] -= size * direction.address[i] }
    }
  }
}
