import Foundation
import Kernels
import NeuralNetworks
import Testing
import Training

/// What steers a training, against values worked out by hand or by Keras's definitions.
@Suite struct ObserverTests {
  /// tf.keras.optimizers.schedules.CosineDecay(1.0, 8): 0.5 · (1 + cos(π · step / 8)), by numpy.
  @Test func cosineIsKerassCosineDecay() {
    let expected = [
      1, 0.961_939_766_255_643_4, 0.853_553_390_593_273_7, 0.691_341_716_182_544_9, 0.5, 0.308_658_283_817_455_1,
      0.146_446_609_406_726_2, 0.038_060_233_744_356_63, 0,
    ]
    for (step, value) in expected.enumerated() {
      #expect(abs(LearningRateSchedule.cosine.factor(step: step, total: 8) - value) < 1e-15)
      #expect(LearningRateSchedule.constant.factor(step: step, total: 8) == 1)
      #expect(LearningRateSchedule.onPlateau.factor(step: step, total: 8) == 1)
    }
    for step in 0...1000 {
      let real = 0.5 * (1 + cos(Double.pi * Double(step) / 1000))
      #expect(abs(LearningRateSchedule.cosine.factor(step: step, total: 1000) - real) < 1e-15)
    }
  }

  private func toy(_ preset: ModelPreset = .lstm, epochs: Int, adjust: (inout ToyRun) -> Void) throws -> ToyRun {
    var toy = try ToyRun([preset], epochs: epochs)
    toy.settings.repeats = 1
    toy.settings.models[0].training.clipNorm = nil
    toy.settings.models[0].training.schedule = .constant
    toy.settings.earlyStoppingPatience = nil
    adjust(&toy)
    return toy
  }

  private func epochs(_ toy: ToyRun) throws -> [EpochReport] {
    try #require(try toy.run(threads: 2).records?[TrainingID(model: 0, repeatIndex: 0)]).epochs
  }

  /// The rate of each epoch's last step under a cosine over all steps: 104 windows are 6 steps per epoch.
  @Test func theReportedRateIsThatOfTheSchedule() throws {
    let reports = try epochs(try toy(epochs: 4) { $0.settings.models[0].training.schedule = .cosine })
    #expect(reports.count == 4)
    for (epoch, report) in reports.enumerated() {
      let step = 6 * (epoch + 1) - 1
      #expect(abs(report.learningRate - 0.001 * 0.5 * (1 + cos(Double.pi * Double(step) / 24))) < 1e-9)
    }
  }

  /// Keras's EarlyStopping on the same losses: wait counts epochs without a lower one, and training ends when it reaches patience.
  @Test(arguments: [1, 2, 3, 5])
  func earlyStoppingEndsWhereKerasWould(_ patience: Int) throws {
    // A rate at which the validation loss goes up and down.
    let long = try epochs(try toy(epochs: 40) { $0.settings.models[0].training.learningRate = 0.2 })
    let losses = long.compactMap(\.validationLoss)
    #expect(losses.count == 40)
    var (best, wait, expected) = (Double.infinity, 0, 40)
    for (epoch, loss) in losses.enumerated() {
      if loss < best { (best, wait) = (loss, 0) } else { wait += 1 }
      if wait >= patience {
        expected = epoch + 1
        break
      }
    }
    #expect(expected < 40)
    let stopped = try epochs(
      try toy(epochs: 40) {
        $0.settings.models[0].training.learningRate = 0.2
        $0.settings.earlyStoppingPatience = patience
      })
    #expect(stopped.count == expected)
    #expect(stopped.compactMap(\.validationLoss) == Array(losses.prefix(expected)))
  }

  /// The weights at the end are those that a training has which ends with the best epoch, wherever it was stopped in between.
  @Test(arguments: [2, 40])
  func theBestEpochsWeightsAreRestored(_ patience: Int) throws {
    func settings(_ toy: inout ToyRun) {
      toy.settings.models[0].training.learningRate = 0.2
      toy.settings.earlyStoppingPatience = patience
      toy.settings.restoresBest = true
    }
    let id = TrainingID(model: 0, repeatIndex: 0)
    let long = try toy(epochs: 12, adjust: settings)
    let outcome = try long.run(threads: 2)
    let record = try #require(outcome.results?[id])
    let losses = record.epochs.compactMap(\.validationLoss)
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
    #expect(record.bestEpoch == best && best + 1 < losses.count)
    #expect(record.isStoppedEarly == (patience == 2 ? true : nil))
    let short = try toy(epochs: best + 1) { $0.settings.models[0].training.learningRate = 0.2 }
    let expected = try #require(try short.run().records?[id])
    #expect(record.weightsDigest == expected.weightsDigest && record.score == expected.score)
    #expect(
      record.weightsDigest
        != (try toy(epochs: losses.count) { $0.settings.models[0].training.learningRate = 0.2 }.run().records?[id]?
          .weightsDigest))

    for steps in [1, 6 * (best + 1) + 2, 6 * losses.count - 1] {
      let stopped = try toy(epochs: 12, adjust: settings)
      #expect(try stopped.run(stopAfter: steps).records == nil)
      #expect(try stopped.run(resumes: true).results?[id] == record, "after \(steps) steps")
    }
  }

  /// A loss above ln 4, that of guessing among four classes, isn't passed over in silence.
  @Test func whoLearnedNothingIsWarnedAbout() throws {
    let id = TrainingID(model: 0, repeatIndex: 0)
    let blown = try toy(epochs: 2) { $0.settings.models[0].training.learningRate = 50 }
    let record = try #require(try blown.run().records?[id])
    #expect(record.status == .finished && record.epochs[1].loss > 1.3863)
    #expect(record.warning?.contains("above the 1.386 of guessing among 4 activities") == true)
    let scores = try String(contentsOfFile: blown.path() + "/scores.json", encoding: .utf8)
    #expect(scores.contains("\"warning\" : \"its loss of"))
    let good = try #require(
      try toy(epochs: 6) { $0.settings.models[0].training.learningRate = 0.01 }.run().records?[id])
    #expect(good.epochs.last.map { $0.loss < 1.3863 } == true && good.warning == nil)
  }

  /// Keras's ReduceLROnPlateau(factor=0.5, patience=2, min_delta=0, min_lr=rate / 100) on the losses that came out.
  @Test func plateauHalvesWhereKerasWould() throws {
    let reports = try epochs(
      try toy(epochs: 40) {
        $0.settings.models[0].training.learningRate = 0.2
        $0.settings.models[0].training.schedule = .onPlateau
      })
    var (rate, best, wait, cuts) = (Float(0.2), Double.infinity, 0, 0)
    for report in reports {
      #expect(report.learningRate == Double(rate))
      guard let loss = report.validationLoss else { continue }
      if loss < best { (best, wait) = (loss, 0) } else { wait += 1 }
      if wait >= 2 {
        (rate, wait, cuts) = (max(rate / 2, 0.002), 0, cuts + 1)
      }
    }
    #expect(cuts >= 3)
  }

  /// A validation loss that never falls halves the rate after warm-up, and in it not.
  @Test(arguments: [(6, 6.0), (nil, 0.25)] as [(Int?, Double)])
  func plateausOfWarmUpAreNone(_ warmupEpochs: Int?, _ lastToFirst: Double) throws {
    let toy = try toy(epochs: 6) {
      $0.settings.models[0].training.schedule = .onPlateau
      $0.settings.models[0].training.learningRate = 1e-30
      $0.settings.models[0].training.warmupEpochs = warmupEpochs
    }
    let rates = try epochs(toy).map(\.learningRate)
    #expect(abs(rates[5] / rates[0] / lastToFirst - 1) < 1e-5, "\(rates)")
  }

  /// A gradient that is clipped to a norm moves the parameters by Adam's step for the clipped gradient: with β1 = β2 = 0 that is
  /// rate · g / (|g| + ε), from which g follows where ε is large.
  @Test func clippingBringsTheGradientToTheNorm() throws {
    let windows = toyWindows(count: 64)
    func gradient(clipNorm: Float?) throws -> [Double] {
      var settings = TrainingSettings(epochs: 1, seed: 3)
      settings.beta1 = 0
      settings.beta2 = 0
      settings.learningRate = 1
      // So much larger than any gradient that the step is g / ε to six digits.
      settings.epsilon = 1e4
      settings.clipNorm = clipNorm
      let trainer = try toyTrainer(try toyNetwork(.lstm), settings, windows: windows)
      let before = trainer.parameters.array.map(Double.init)
      // Parameters near zero keep the digits of small steps.
      trainer.parameters.write(before.map { Float($0) })
      _ = trainer.runEpoch(threads: 2)
      return zip(before, trainer.parameters.array).map { ($0 - Double($1)) * 1e4 }
    }
    func norm(_ gradient: [Double]) -> Double { gradient.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let free = try gradient(clipNorm: nil)
    let length = norm(free)
    #expect(length > 0.1)
    let clipped = try gradient(clipNorm: Float(length / 4))
    #expect(abs(norm(clipped) / (length / 4) - 1) < 0.01)
    // The direction stays, and what is short enough stays as it is.
    let dot = zip(free, clipped).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(dot / (norm(clipped) * length) > 0.999)
    #expect(try gradient(clipNorm: Float(length * 1.1)) == free)
  }
}
