import Synchronization

/// What a view of the training is told.
public enum TrainingEvent: Sendable {
  /// A minibatch of an epoch (from 0) is done; `windows` of `total` so far, with the mean loss and accuracy over them.
  case progress(epoch: Int, windows: Int, total: Int, loss: Double, accuracy: Double)
  /// An epoch is done.
  case epoch(EpochResult)
}

/// An epoch's account.
public struct EpochResult: Sendable, Equatable, Codable {
  /// The epoch, from 0.
  public var epoch: Int
  /// Mean loss and accuracy over the epoch's minibatches, as seen while training (with dropout).
  public var loss: Double
  /// The share of windows that were right.
  public var accuracy: Double
  /// Wall-clock seconds, and windows a second.
  public var seconds: Double
  /// Windows a second.
  public var windowsPerSecond: Double
}

/// How an epoch ended.
public enum EpochOutcome: Sendable, Equatable {
  /// All its minibatches are done.
  case completed(EpochResult)
  /// A stop was requested before its end.
  case interrupted
  /// The loss of a minibatch was infinite or not a number; the parameters are those before it.
  case diverged(step: Int)
}

/// A request to stop, set once from anywhere and looked at between steps.
public final class StopRequest: Sendable {
  private let flag = Atomic<Bool>(false)
  /// Not yet requested.
  public init() {}
  /// Asks for the stop.
  public func request() { flag.store(true, ordering: .relaxed) }
  /// Whether a stop was asked for.
  public var isRequested: Bool { flag.load(ordering: .relaxed) }
}
