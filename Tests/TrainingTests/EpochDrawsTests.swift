import Kernels
import NeuralNetworks
import Synchronization
import Testing
import Training
import Windows

/// What a training draws from its windows: each of them once an epoch, in an order of the epoch's own, and dropout with it.
@Suite struct EpochDrawsTests {
  /// Windows that note who asked for them.
  private final class NotedWindows: WindowSource {
    let windows: WindowSet
    let draws = Mutex<[WindowDraw]>([])

    init(_ windows: WindowSet) { self.windows = windows }

    var count: Int { windows.count }
    var timeSteps: Int { windows.timeSteps }
    var channels: Int { windows.channels }
    var labels: [UInt8] { windows.labels }
    var subjects: [UInt8] { windows.subjects }
    var scratchCount: Int { 0 }

    func draw(_ draw: WindowDraw, into target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>) {
      draws.withLock { $0.append(draw) }
      windows.draw(draw, into: target, scratch: scratch)
    }
  }

  @Test func everyEpochHasAnOrderOfItsOwn() throws {
    let windows = NotedWindows(toyWindows(count: 70))
    var settings = TrainingSettings(epochs: 3, seed: 4)
    settings.batchSize = 32
    let trainer = try toyTrainer(try toyNetwork(.lstm), settings, windows: windows)
    var orders: [[Int32]] = []
    for epoch in 0..<3 {
      windows.draws.withLock { $0 = [] }
      guard case .completed = trainer.runEpoch(threads: 2) else { continue }
      let draws = windows.draws.withLock { $0 }.sorted { $0.position < $1.position }
      #expect(draws.map(\.position) == Array(0..<70))
      #expect(draws.allSatisfy { $0.epoch == epoch })
      let key = PhiloxGenerator.key(seed: 4, repeatIndex: 0)
      let order = draws.map { Int32($0.index) }
      #expect(order == EpochOrder.permutation(count: 70, key: key, epoch: epoch))
      orders.append(order)
    }
    #expect(Set(orders).count == 3)
  }

  /// With the same windows in the same order and no learning to speak of, only the masks make epochs differ.
  @Test func everyEpochHasMasksOfItsOwn() throws {
    var sizes = toySizes(.lstm)
    sizes.dropoutRate = 0.5
    var settings = TrainingSettings(epochs: 3, seed: 4)
    settings.shuffle = false
    settings.learningRate = 1e-30
    let trainer = try toyTrainer(try ModelPreset.lstm.description(sizes), settings, windows: toyWindows(count: 70))
    var losses: [Double] = []
    for _ in 0..<3 {
      guard case .completed(let report) = trainer.runEpoch(threads: 1) else { continue }
      losses.append(report.loss)
    }
    #expect(Set(losses).count == 3)
  }
}
