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
    /// The network's name; nil where it can't be told.
    package let model: String?
    /// When it began, in seconds since 1970.
    package let began: Double
    package let epochs: Int?
    /// Repeats that have ended, and all.
    package let repeatsDone: Int
    package let repeatsPlanned: Int
    /// Of the ended repeats' test accuracies in percent.
    package let mean: Double?
    package let deviation: Double?
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
    guard let configuration = try? RunConfiguration.read(run) else {
      return [
        Entry(
          path: path, kind: .run, state: .unreadable, model: nil, began: date(run), epochs: nil, repeatsDone: 0,
          repeatsPlanned: 0, mean: nil, deviation: nil)
      ]
    }
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
        model: model.name,
        began: date(run), epochs: model.training.epochs, repeatsDone: done,
        repeatsPlanned: configuration.settings.repeats, mean: isWhole ? scores?.mean : nil,
        deviation: isWhole ? scores?.deviation : nil)
    }
  }

  /// A search ends with a run of what it chose.
  private static func entry(ofSearch path: String, _ file: String) -> Entry {
    let configuration = try? TuningConfiguration.read(file)
    let final = entries("\(path)/final").first
    let isFinished = final.map { $0.repeatsDone == $0.repeatsPlanned } ?? false
    return Entry(
      path: path, kind: .search, state: configuration == nil ? .unreadable : state(path, isFinished: isFinished),
      model: configuration?.trials.first?.model.name, began: date(file), epochs: final?.epochs,
      repeatsDone: final?.repeatsDone ?? 0, repeatsPlanned: configuration?.repeats ?? 0, mean: final?.mean,
      deviation: final?.deviation)
  }

  /// Its table of folds is there when all have ended.
  private static func entry(ofCrossValidation path: String, _ file: String) -> Entry {
    let configuration = try? CrossValidationConfiguration.read(file)
    let means = ((try? FileSystem.contents("\(path)/folds.csv")).flatMap { $0 }).map(foldMeans) ?? []
    let planned = configuration.map { $0.folds.count } ?? 0
    let isFinished = planned > 0 && means.count == planned
    let scores = Scores(means)
    return Entry(
      path: path, kind: .crossValidation,
      state: configuration == nil ? .unreadable : state(path, isFinished: isFinished), model: configuration?.model.name,
      began: date(file), epochs: configuration?.model.training.epochs, repeatsDone: means.count,
      repeatsPlanned: planned,
      mean: isFinished ? scores.mean : nil, deviation: isFinished ? scores.deviation : nil)
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

  /// When a file was written that keeps its date.
  private static func date(_ path: String) -> Double {
    var status = stat()
    guard stat(path, &status) == 0 else { return 0 }
    #if canImport(Darwin)
      return Double(status.st_mtimespec.tv_sec)
    #else
      return Double(status.st_mtim.tv_sec)
    #endif
  }
}
