import Foundation
import NeuralNetworks
import Testing

/// The loss where probabilities come to their ends.
@Suite struct CategoricalCrossEntropyTests {
  private let loss = CategoricalCrossEntropy(classes: 3)

  /// Of the smallest normal float, not infinite: one window that was thought impossible doesn't end a training.
  @Test func impossibleClassesHaveAFiniteLoss() {
    let probabilities: [Float] = [1, 0, 0, 0.25, 0.25, 0.5]
    let found = loss.metrics(probabilities: probabilities, labels: [2, 2], rows: 2)
    #expect(abs(found.loss - (126 * log(2.0) + log(2.0))) < 1e-12)
    #expect(found.correct == 1)
  }

  @Test func theFirstOfEqualProbabilitiesIsTheMostProbable() {
    #expect(CategoricalCrossEntropy.mostProbable([0.2, 0.4, 0.4], classes: 3) == 1)
    #expect(CategoricalCrossEntropy.mostProbable([0.4, 0.2, 0.4], classes: 3) == 0)
    let found = loss.metrics(probabilities: [0.5, 0.5, 0], labels: [1], rows: 1)
    #expect(found.correct == 0)
  }
}
