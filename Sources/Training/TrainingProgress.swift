/// How far a training has come: with parameters and moments, all that is needed to go on with the same bits.
public struct TrainingProgress: Sendable, Equatable, Codable {
  /// Completed epochs, and completed steps of all epochs.
  public package(set) var epoch = 0
  /// Completed steps of all epochs.
  public package(set) var step = 0
  /// Windows of the current epoch that are done, the sum of their losses, and how many were right.
  public package(set) var position = 0
  /// The sum of losses so far.
  public package(set) var loss = 0.0
  /// How many were right.
  public package(set) var correct = 0
  /// Seconds that the current epoch took before it was interrupted.
  public package(set) var seconds = 0.0
  /// The rate that the schedule starts from; lowered on plateaus.
  public package(set) var learningRate: Float = 0

  mutating func startNextEpoch() {
    epoch += 1
    position = 0
    loss = 0
    correct = 0
    seconds = 0
  }
}
