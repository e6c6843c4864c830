import Foundation
import Testing
import Training

/// What early stopping and the plateau schedule count.
@Suite struct LossWatchTests {
  @Test func onlyALowerLossIsBetter() throws {
    var watch = try RunJSON.decode(LossWatch.self, Data(#"{"epochs_since_best": 0}"#.utf8))
    var counts: [Int] = []
    for loss in [2, 1, 1, 1.5, 0.5, .nan, 0.5] {
      watch.observe(loss)
      counts.append(watch.epochsSinceBest)
    }
    #expect(counts == [0, 0, 1, 2, 0, 1, 2])
    #expect(watch.best == 0.5)
  }
}
