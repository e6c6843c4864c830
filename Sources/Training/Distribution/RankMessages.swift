internal import Communication
internal import Foundation
internal import Kernels
internal import NeuralNetworks
package import SystemSupport

/// What the first process tells the others.
enum RankCommand: Codable, Sendable {
  /// The store to read, its digest, and whether its readings stay in the file.
  case store(path: String, sha256: String, streams: Bool)
  /// The store's windows, which follow: of each split the shape `[N, T, C]`. Readings, labels and people are broadcast.
  case sharedStore(train: [Int], test: [Int])
  /// A training that all carry out together. Numbers: parameters, first moment, second moment.
  case together(TrainingOrder, threads: Int?)
  /// An epoch of it, with the learning rate that the schedule starts from.
  case epoch(learningRate: Float)
  /// Everybody's share of the predictions of a set, with parameters that are broadcast.
  case predict(PredictedWindows)
  case endTogether
  /// A training that the process carries out by itself, as the job of a number. Numbers: starting weights, or the state from which it
  /// goes on.
  case alone(TrainingOrder, job: Int, threads: Int?, progressInterval: Double?)
  /// The trainings under way save their state and end.
  case stop
  case quit
}

/// What the others tell the first process.
enum RankReply: Codable, Sendable {
  case hello(RankDescription)
  case ready
  /// What could not be done: a job, or nil for what it was told last.
  case failed(job: Int?, status: Int32, message: String)
  case event(RankEvent)
  /// A job's state, to be saved. Numbers: parameters, first moment, second moment, best parameters.
  case state(job: Int, RepeatRecord, scaling: String)
  /// The same of one that has come to its end.
  case ended(job: Int, RepeatRecord, scaling: String)
  /// A job that was stopped; its state came before.
  case interrupted(job: Int)
}

/// Which windows of a training are predicted.
enum PredictedWindows: String, Codable, Sendable {
  case validation, test
}

/// A training as one process describes it to another.
struct TrainingOrder: Codable, Sendable {
  let model: Int
  let repeatIndex: Int
  /// The network's place in the recipe's settings.
  let network: Int
  let recipe: DataRecipe
  let epochLimit: Int?
  /// Where it stands; nil before its first step.
  var record: RepeatRecord?
  /// The scaling that its windows have had so far, as JSON; empty for none.
  var scaling = ""

  var id: TrainingID { TrainingID(model: model, repeatIndex: repeatIndex) }

  /// Throws ``ScalingDiffers`` where a trainer's windows are not scaled as before, or as in the first process.
  func checkScaling(_ trainer: Trainer) throws(ScalingDiffers) {
    guard scaling == trainer.scalingText else { throw ScalingDiffers() }
  }

  /// A trainer as the order wants it, before its first step.
  func trainer(
    _ data: ExperimentData, _ kernels: KernelSet, _ stop: StopRequest, _ communicator: (any Communicator)?
  ) throws -> Trainer {
    let training = recipe.settings.models[network].training
    return Trainer(
      model: try Sequential(recipe.settings.models[network].network, convolution: training.convolution),
      kernels: kernels,
      settings: training, repeatIndex: repeatIndex, windows: try data.trainingWindows(training), scaling: data.scaling,
      stop: stop, communicator: communicator)
  }
}

/// Windows that are scaled in another way than they were before, or are in another process.
struct ScalingDiffers: UserFacingError {
  var exitStatus: ExitStatus { .data }
  var message: String { "the windows' scaling differs from that of the checkpoint, or of process 0" }
}

/// What a process tells of a training under way.
enum RankEvent: Codable, Sendable {
  case started(model: Int, repeatIndex: Int, RepeatRecord)
  case progress(model: Int, repeatIndex: Int, TrainingProgress, windowCount: Int)
  case epochEnded(model: Int, repeatIndex: Int, EpochReport)
  case warning(String)
}

extension RankEvent {
  /// Nil for the end of a training, which has a message of its own.
  init?(_ event: TrainingEvent) {
    switch event {
    case .started(let id, let record): self = .started(model: id.model, repeatIndex: id.repeatIndex, record)
    case .progress(let id, let progress, let count):
      self = .progress(model: id.model, repeatIndex: id.repeatIndex, progress, windowCount: count)
    case .epochEnded(let id, let report): self = .epochEnded(model: id.model, repeatIndex: id.repeatIndex, report)
    case .warning(let line): self = .warning(line)
    case .ended: return nil
    }
  }

  var event: TrainingEvent {
    switch self {
    case .started(let model, let index, let record): .started(TrainingID(model: model, repeatIndex: index), record)
    case .progress(let model, let index, let progress, let count):
      .progress(TrainingID(model: model, repeatIndex: index), progress, windowCount: count)
    case .epochEnded(let model, let index, let report):
      .epochEnded(TrainingID(model: model, repeatIndex: index), report)
    case .warning(let line): .warning(line)
    }
  }
}

extension Message {
  /// A command or a reply; its numbers read back as the same bits.
  init(_ value: some Encodable, numbers: [[Float]] = []) {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // What is sent has nothing that can't be encoded.
    self.init((try? encoder.encode(value)) ?? Data(), numbers: numbers)
  }

  /// Throws ``RankError`` where the text is no such value: the processes are not of one build.
  func value<Value: Decodable>(_: Value.Type, from rank: Int) throws(RankError) -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(Value.self, from: text)
    } catch {
      throw RankError(
        rank: rank, host: nil, status: .software, reason: "sent a message that this version does not know")
    }
  }
}

/// What is wrong in one of several processes.
package struct RankError: UserFacingError, Equatable {
  package let rank: Int
  package let host: String?
  package let status: ExitStatus
  package let reason: String

  package var exitStatus: ExitStatus { status }
  package var message: String { "process \(rank)\(host.map { " on \($0)" } ?? ""): \(reason)" }
}
