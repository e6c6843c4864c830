package import Communication
internal import Foundation
package import Kernels
internal import NeuralNetworks
internal import Synchronization
internal import SystemSupport
internal import Windows

/// A process that does what the first one tells it (``RankTeam``), until that lets it go. It reads the store, if anything, and writes nothing.
package final class RankFollower: Sendable {
  let communicator: any Communicator
  let kernels: KernelSet
  private let version: String
  /// Processors that this process may use.
  private let cores: Int
  let stop: StopRequest
  private let data = Mutex<FollowedData>(FollowedData())

  /// - Parameter cores: processors that this process may use.
  package init(
    _ communicator: any Communicator, kernels: KernelSet, version: String, cores: Int, stop: StopRequest
  ) {
    self.communicator = communicator
    self.kernels = kernels
    self.version = version
    self.cores = cores
    self.stop = stop
  }

  /// Introduces itself, and serves until the first process says `quit`.
  ///
  /// Throws ``RankError`` where it is told what it can't make sense of.
  package func run() throws(RankError) {
    reply(
      .hello(RankDescription(version: version, arithmetic: RunConfiguration.arithmetic(kernels), cores: cores)))
    let jobs = FollowerJobs(self)
    while true {
      let message = jobs.waitForCommand()
      switch try message.value(RankCommand.self, from: 0) {
      case .store(let path, let sha256, let streams):
        answer { try data.withLock { try $0.read(path, sha256: sha256, streams: streams) } }
      case .sharedStore(let train, let test):
        answer { data.withLock { $0.receive(train: train, test: test, by: communicator) } }
      case .together(let order, let threads):
        guard try together(order, message.numbers, threads: threads ?? cores) else { return }
      case .alone(let order, let job, let threads, let interval):
        jobs.begin(order, message.numbers, job: job, threads: threads ?? cores, progressInterval: interval)
      case .stop: stop.request()
      case .quit:
        stop.request()
        return jobs.waitUntilEnded()
      case .epoch, .predict, .endTogether: throw RankTeam.unexpected(0)
      }
    }
  }

  func reply(_ reply: RankReply, numbers: [[Float]] = []) {
    communicator.send(Message(reply, numbers: numbers), to: 0, tag: .reply)
  }

  /// Says that something is done, or why not.
  private func answer(_ body: () throws -> Void) {
    do {
      try body()
      reply(.ready)
    } catch {
      reply(Self.failure(error))
    }
  }

  static func failure(_ error: any Error, job: Int? = nil) -> RankReply {
    if let error = error as? any UserFacingError {
      return .failed(job: job, status: error.exitStatus.rawValue, message: error.message)
    }
    return .failed(job: job, status: ExitStatus.software.rawValue, message: error.localizedDescription)
  }

  /// The windows of an order; those of the last recipe are kept.
  func data(_ order: TrainingOrder) throws -> ExperimentData { try data.withLock { try $0.data(order.recipe) } }

  // MARK: Together

  /// Returns false where it is let go meanwhile.
  private func together(_ order: TrainingOrder, _ numbers: [[Float]], threads: Int) throws(RankError) -> Bool {
    var prepared: (trainer: Trainer, data: ExperimentData)?
    answer {
      let data = try data(order)
      let trainer = try order.trainer(data, kernels, stop, communicator)
      try order.checkScaling(trainer)
      guard numbers.count == 3, numbers.allSatisfy({ $0.count == trainer.parameters.count }) else {
        throw RankTeam.unexpected(0)
      }
      trainer.parameters.write(numbers[0])
      trainer.optimizer.firstMoment.write(numbers[1])
      trainer.optimizer.secondMoment.write(numbers[2])
      if let record = order.record { trainer.progress = record.progress }
      prepared = (trainer, data)
    }
    while true {
      let message = communicator.waitForMessage(from: 0, tag: .command).1
      switch (try message.value(RankCommand.self, from: 0), prepared) {
      case (.epoch(let learningRate), let (trainer, _)?):
        trainer.progress.learningRate = learningRate
        // Of windows that can't be read all processes say which of them can't, and why.
        if case .unreadable(let error) = trainer.runEpoch(threads: threads) { answer { if let error { throw error } } }
      case (.predict(let which), let (trainer, data)?):
        guard let windows = which == .test ? data.test : data.validation else { throw RankTeam.unexpected(0) }
        let parameters = AlignedBuffer(count: trainer.parameters.count)
        let predictions = SharedPrediction(trainer.model, kernels, communicator)
          .predict(windows, parameters, threads: threads)
        if predictions.isUnreadable { answer { if let error = predictions.failure { throw error } } }
      case (.endTogether, _): return true
      case (.quit, _): return false
      default: throw RankTeam.unexpected(0)
      }
    }
  }
}

/// The store that a follower has, and the windows of the last recipe.
private struct FollowedData {
  private var windows: StoreWindows?
  private var last: (recipe: DataRecipe, data: ExperimentData)?

  mutating func read(_ path: String, sha256: String, streams: Bool) throws {
    let found = try SHA256Digest.ofFile(path)
    guard found == sha256 else { throw RunFolderError(path, .otherStore(found: found, expected: sha256)) }
    let store = try WindowStore.read(path: path, streams ? .file : .memory)
    (windows, last) = (StoreWindows(train: store.train, test: store.test), nil)
  }

  mutating func receive(train: [Int], test: [Int], by communicator: any Communicator) {
    let shared = SharedWindows(communicator)
    windows = StoreWindows(train: shared.receive(train), test: shared.receive(test))
    last = nil
  }

  mutating func data(_ recipe: DataRecipe) throws -> ExperimentData {
    if let last, last.recipe == recipe { return last.data }
    guard let windows else { throw RankTeam.unexpected(0) }
    last = nil
    let data = try recipe.data(windows)
    last = (recipe, data)
    return data
  }
}
