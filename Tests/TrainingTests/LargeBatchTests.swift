import Foundation
import Kernels
import NeuralNetworks
import Testing
import Training
import Windows

/// What large batches need: LAMB, warm-up, and gradients of batches that are worked on part by part.
@Suite struct LargeBatchTests {
  private func settings(batchSize: Int, adjust: (inout TrainingSettings) -> Void = { _ in }) -> TrainingSettings {
    var settings = TrainingSettings(epochs: 1, seed: 3)
    settings.batchSize = batchSize
    settings.shuffle = false
    adjust(&settings)
    return settings
  }

  /// A trainer after one step over all windows, and its parameters before.
  private func afterOneStep(
    _ network: ModelDescription, _ settings: TrainingSettings, _ windows: WindowSet
  ) throws -> (trainer: Trainer, before: [Float]) {
    let trainer = try toyTrainer(network, settings, windows: windows, stop: StopRequest(afterSteps: 1))
    let before = trainer.parameters.array
    _ = trainer.runEpoch(threads: 2)
    #expect(trainer.progress.step == 1)
    return (trainer, before)
  }

  /// A gradient, from the first moment after one step of Adam: (1 - β1) · g.
  private func gradient(_ network: ModelDescription, _ windows: WindowSet) throws -> [Double] {
    try afterOneStep(network, settings(batchSize: windows.count), windows).trainer.optimizer.firstMoment.array
      .map { Double($0) / (1 - Double(Float(0.9))) }
  }

  /// Algorithm 2 of the paper written out for the first step, where m̂ = g and v̂ = g²: matrices move by their own length, and biases of
  /// zero, which have none, by the direction's. That many steps are Keras's is told by `TenStepGoldenTests`.
  @Test(arguments: ModelPreset.allCases, [nil, 0.25] as [Float?])
  func firstStepOfLamb(_ preset: ModelPreset, _ weightDecay: Float?) throws {
    let windows = toyWindows(count: 48)
    // Recurrent weights that are larger than a slice.
    var sizes = toySizes(preset)
    sizes.units = 90
    let network = try preset.description(sizes)
    let lamb = settings(batchSize: 48) {
      $0.optimizer = .lamb
      $0.weightDecay = weightDecay
      $0.learningRate = 0.01
      $0.epsilon = 1e-6
    }
    let (trainer, before) = try afterOneStep(network, lamb, windows)
    let gradient = try gradient(network, windows)
    let found = trainer.parameters.array
    var withoutLength = 0
    for place in trainer.model.placedParameters {
      let range = place.offset..<place.offset + place.parameter.count
      let direction = range.map { i in
        gradient[i] / (abs(gradient[i]) + 1e-6) + Double(weightDecay ?? 0) * Double(before[i])
      }
      let length = range.reduce(0) { $0 + Double(before[$1]) * Double(before[$1]) }.squareRoot()
      let directionLength = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let ratio = length > 0 && directionLength > 0 ? length / directionLength : 1
      if length == 0 { withoutLength += 1 }
      let largest = zip(range, direction).reduce(0) { largest, pair in
        max(largest, abs(Double(found[pair.0]) - (Double(before[pair.0]) - 0.01 * ratio * pair.1)))
      }
      #expect(largest < 2e-6, "\(place.layer.name) \(place.parameter.path)")
    }
    #expect(withoutLength > 0)
  }

  /// The gradient of 6,000 windows, worked on in two parts, is the mean of those of the first 4,096 and of the others.
  @Test(arguments: ModelPreset.allCases)
  func gradientsOfPartsAddUp(_ preset: ModelPreset) throws {
    var sizes = toySizes(preset)
    sizes.dropoutRate = 0
    let network = try preset.description(sizes)
    let all = toyWindows(count: 6000)
    func part(_ rows: Range<Int>) -> WindowSet {
      WindowSet(
        timeSteps: all.timeSteps, channels: all.channels,
        features: rows.flatMap { Array(UnsafeBufferPointer(start: all.window($0), count: all.windowCount)) },
        labels: Array(all.labels[rows]), subjects: Array(all.subjects[rows]))
    }
    let whole = try gradient(network, all)
    let (first, second) = (try gradient(network, part(0..<4096)), try gradient(network, part(4096..<6000)))
    let largest = whole.map(abs).max() ?? 0
    #expect(largest > 1e-3)
    for i in whole.indices {
      #expect(abs(whole[i] - (4096 * first[i] + 1904 * second[i]) / 6000) < 1e-5 * largest, "\(i)")
    }
  }

  @Test(arguments: ModelPreset.allCases)
  func sameBitsAtAnyNumberOfThreads(_ preset: ModelPreset) throws {
    let windows = toyWindows(count: 4400)
    func bits(_ threads: Int, _ adjust: (inout TrainingSettings) -> Void) throws -> [UInt32] {
      try trainedBits(preset, threads: threads, batchSize: 4200, windows: windows, adjust: adjust)
    }
    func lamb(_ settings: inout TrainingSettings) {
      settings.optimizer = .lamb
      settings.weightDecay = 0.01
      settings.warmupEpochs = 1
      settings.clipNorm = 0.5
    }
    let one = try bits(1, lamb)
    for threads in [2, 3, 16] { #expect(try bits(threads, lamb) == one) }
    #expect(try bits(2) { _ in } != one)
  }

  @Test func warmUpRisesFromZeroAndTheScheduleTakesTheRest() {
    let cosine = settings(batchSize: 10) {
      $0.epochs = 10
      $0.warmupEpochs = 2
      $0.schedule = .cosine
    }
    func factors(_ settings: TrainingSettings, _ steps: Range<Int>) -> [Double] {
      steps.map { settings.rateFactor(step: $0, stepsPerEpoch: 3) }
    }
    #expect(factors(cosine, 0..<6) == (1...6).map { Double($0) / 6 })
    let rest = (0..<24).map { LearningRateSchedule.cosine.factor(step: $0, total: 24) }
    #expect(factors(cosine, 6..<30) == rest && rest[0] == 1)
    var constant = cosine
    constant.schedule = .constant
    #expect(factors(constant, 6..<30) == Array(repeating: 1, count: 24))
    constant.warmupEpochs = nil
    #expect(factors(constant, 0..<30) == Array(repeating: 1, count: 30))
  }

  @Test func settingsThatCannotBe() throws {
    func message(_ adjust: (inout TrainingSettings) -> Void) -> String? {
      var settings = TrainingSettings(epochs: 3, seed: 1)
      adjust(&settings)
      do throws(SettingsError) {
        try settings.validate()
        return nil
      } catch {
        return error.message
      }
    }
    #expect(message { $0.batchSize = 65_536 } == nil)
    #expect(message { $0.batchSize = 65_537 } == "a batch size of 65537, expected 1 to 65536")
    #expect(message { $0.warmupEpochs = 3 } == nil)
    #expect(message { $0.warmupEpochs = 4 } == "4 epochs of warm-up, expected 1 to 3")
    #expect(message { $0.warmupEpochs = 0 } == "0 epochs of warm-up, expected 1 to 3")
    #expect(message { $0.weightDecay = 0.1 } == "a weight decay without LAMB")
    #expect(
      message {
        $0.optimizer = .lamb
        $0.weightDecay = .nan
      } == "a weight decay of nan, expected 0.0 to 1.0")
    #expect(
      message {
        $0.optimizer = .lamb
        $0.weightDecay = 0.1
      } == nil)
  }
}
