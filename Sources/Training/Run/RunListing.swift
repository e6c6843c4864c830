internal import Foundation
package import SystemSupport

/// What a folder of runs holds, one entry for each run and search in it, as far as its files tell.
package struct RunListing: Sendable, Encodable {
  package enum Kind: String, Sendable, Encodable {
    case run, search
    case crossValidation = "cross-validation"
  }

  package enum State: String, Sendable, Encodable {
    case finished
    /// Somebody works in it.
    case running
    /// `resume` would go on with it.
    case unfinished
    /// Its files can't be read, or are of another version.
    case unreadable
  }

  /// A network of a run, or the search as a whole.
  package struct Entry: Sendable, Encodable {
    package let path: String
    package let kind: Kind
    package let state: State
    /// The network's name; nil where it can't be told, as of a search among several that has not chosen yet.
    package var model: String?
    /// When it began, in seconds since 1970.
    package let began: Double
    /// Trials of a search; nil for others.
    package var trials: Int?
    /// Folds of a cross-validation; nil for others.
    package var folds: Int?
    package var epochs: Int?
    /// Repeats that have ended, and all. A cross-validation's are those of each of its folds, and have ended when all folds have.
    package var repeatsDone = 0
    package var repeatsPlanned = 0
    /// Of the ended repeats' test accuracies in percent; of a cross-validation over the means of its folds.
    package var mean: Double?
    package var deviation: Double?
  }

  package let entries: [Entry]

  /// Looks into the folders of `folder`, the oldest run first. Throws where it is no folder.
  package init(_ folder: String) throws(InputError) {
    guard FileSystem.isFolder(folder) else {
      throw InputError(
        file: folder, found: FileSystem.exists(folder) ? "a file" : "nothing there", expected: "a folder of runs",
        status: .noInput)
    }
    let paths = FileSystem.names(in: folder).sorted().map { "\(folder)/\($0)" }
    entries = paths.flatMap { Self.entries($0) }.sorted { ($0.began, $0.path) < ($1.began, $1.path) }
  }

  private static func entries(_ path: String) -> [Entry] {
    let (run, search) = ("\(path)/\(RunConfiguration.fileName)", "\(path)/\(TuningConfiguration.fileName)")
    if FileSystem.exists(search) { return [entry(ofSearch: path, search)] }
    let folds = "\(path)/\(CrossValidationConfiguration.fileName)"
    if FileSystem.exists(folds) { return [entry(ofCrossValidation: path, folds)] }
    guard FileSystem.exists(run) else { return [] }
    guard let configuration = try? RunConfiguration.read(run) else { return [unreadable(path, .run, run)] }
    return zip(configuration.settings.models, configuration.subfolders).map { model, subfolder in
      let scores = try? FileSystem.contents("\(path)\(subfolder)/scores.json").map {
        try RunJSON.decode(ScoreSummary.self, $0)
      }
      // Those that ended before there were more epochs go on.
      let ended = scores?.repeats.filter {
        model.earlierEpochs == nil || $0.status == .diverged || $0.isStoppedEarly || $0.epochs >= model.training.epochs
      }
      let done = ended?.count ?? 0
      let isWhole = done == scores?.repeats.count
      return Entry(
        path: path, kind: .run, state: state(path, isFinished: done == configuration.settings.repeats),
        model: model.name, began: began(configuration, path), epochs: model.training.epochs, repeatsDone: done,
        repeatsPlanned: configuration.settings.repeats, mean: isWhole ? scores?.mean : nil,
        deviation: isWhole ? scores?.deviation : nil)
    }
  }

  /// A search ends with a run of what it chose.
  private static func entry(ofSearch path: String, _ file: String) -> Entry {
    guard let configuration = try? TuningConfiguration.read(file) else { return unreadable(path, .search, file) }
    let final = entries("\(path)/final").first
    let isFinished = final.map { $0.repeatsDone == $0.repeatsPlanned } ?? false
    let names = Set(configuration.trials.map(\.model.name))
    return Entry(
      path: path, kind: .search, state: state(path, isFinished: isFinished),
      model: final?.model ?? (names.count == 1 ? names.first : nil), began: began(configuration, path),
      trials: configuration.trials.count, epochs: final?.epochs, repeatsDone: final?.repeatsDone ?? 0,
      repeatsPlanned: configuration.repeats, mean: final?.mean, deviation: final?.deviation)
  }

  /// Its table of folds is there when all have ended.
  private static func entry(ofCrossValidation path: String, _ file: String) -> Entry {
    guard let configuration = try? CrossValidationConfiguration.read(file) else {
      return unreadable(path, .crossValidation, file)
    }
    let means = ((try? FileSystem.contents("\(path)/folds.csv")).flatMap { $0 }).map(foldMeans) ?? []
    let isFinished = means.count == configuration.folds.count
    let scores = Scores(means)
    return Entry(
      path: path, kind: .crossValidation, state: state(path, isFinished: isFinished), model: configuration.model.name,
      began: began(configuration, path), folds: configuration.folds.count, epochs: configuration.model.training.epochs,
      repeatsDone: isFinished ? configuration.repeats : 0, repeatsPlanned: configuration.repeats,
      mean: isFinished ? scores.mean : nil, deviation: isFinished ? scores.deviation : nil)
  }

  /// An entry for a file that says nothing.
  private static func unreadable(_ path: String, _ kind: Kind, _ file: String) -> Entry {
    Entry(path: path, kind: kind, state: .unreadable, began: Moment(ofFile: file).date.timeIntervalSince1970)
  }

  /// The accuracies in a table of folds.
  private static func foldMeans(_ csv: Data) -> [Double?] {
    let lines = String(decoding: csv, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    guard let column = lines.first?.firstIndex(of: "accuracy") else { return [] }
    return lines.dropFirst().map { $0.indices.contains(column) ? Double($0[column]) : nil }
  }

  private static func state(_ path: String, isFinished: Bool) -> State {
    if FolderLock.isHeld(folder: path) { return .running }
    return isFinished ? .finished : .unfinished
  }

  private static func began(_ configuration: some FolderConfiguration, _ path: String) -> Double {
    configuration.began(in: path).timeIntervalSince1970
  }
}
