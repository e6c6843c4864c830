package import Foundation
internal import Synchronization
package import SystemSupport

/// A folder in which one process at a time trains, and another can go on: a run's or a search's.
///
/// Every file appears whole or not at all, whenever the process ends.
package final class TrainingFolder<Configuration: FolderConfiguration>: Sendable {
  package let path: String
  package let configuration: Configuration
  let results = Mutex<[Configuration.Job: Configuration.Result]>([:])
  private let lock: Mutex<FolderLock?>
  private let warn: @Sendable (String) -> Void

  /// Takes the lock. What is changed is read once more under it, since another process may have changed it.
  private init(
    _ path: String, _ configuration: Configuration, changing change: ((inout Configuration) throws -> Void)? = nil,
    _ warn: @escaping @Sendable (String) -> Void
  ) throws {
    self.path = path
    self.warn = warn
    lock = Mutex(try FolderLock.taken(path))
    guard let change else {
      self.configuration = configuration
      return
    }
    let file = "\(path)/\(Configuration.fileName)"
    var changed = try Configuration.read(file)
    // Where the file doesn't say when the training began, its date does, which is about to be another one.
    changed.began = Moment(changed.began(in: path))
    try change(&changed)
    try changed.write(file)
    self.configuration = changed
  }

  /// Makes the folder of something new, which begins now. A folder may be there, but nothing in it.
  ///
  /// - Parameters:
  ///   - startFrom: the model file whose weights a run's repeats start from; the folder keeps a copy.
  ///   - warn: told in a line where a damaged checkpoint was passed over.
  package static func create(
    _ path: String, configuration: Configuration, startFrom: Data? = nil, at date: Date = Date(),
    warn: @escaping @Sendable (String) -> Void
  ) throws -> TrainingFolder {
    // What ended before its first file was whole leaves the lock, a part of that file, and what comes before it.
    let isFree = FileSystem.names(in: path).allSatisfy {
      [FolderLock.fileName, startingModelName].contains($0) || AtomicFile.isLeftover($0)
    }
    guard isFree else { throw RunFolderError(path, .exists) }
    let isNew = !FileSystem.exists(path)
    try FileSystem.makeFolders(path)
    do {
      var configuration = configuration
      configuration.began = Moment(date)
      let folder = try TrainingFolder(path, configuration, warn)
      try folder.begin(startFrom)
      return folder
    } catch {
      if isNew { _ = rmdir(path) }
      throw error
    }
  }

  /// Writes what a training needs to go on; where that fails, nothing is left of it.
  private func begin(_ startFrom: Data?) throws {
    AtomicFile.removeLeftovers(in: [path])
    do {
      if let startFrom { try AtomicFile.replace(startingModelPath, with: startFrom) }
      // With this file the training can go on, whatever is missing besides.
      try configuration.write(configurationPath)
    } catch {
      for name in [FolderLock.fileName, startingModelName] { _ = unlink("\(path)/\(name)") }
      throw error
    }
    try makeFolders()
  }

  /// Opens a folder in which training is to go on, as its file says or as `change` makes it, which is then kept there.
  ///
  /// Throws `notARun` or `wrongConfiguration` where it is none, `inUse` where another process works in it.
  package static func open(
    _ path: String, changing change: ((inout Configuration) throws -> Void)? = nil,
    warn: @escaping @Sendable (String) -> Void
  ) throws -> TrainingFolder {
    let folder = try TrainingFolder(path, try .read("\(path)/\(Configuration.fileName)"), changing: change, warn)
    try folder.makeFolders()
    AtomicFile.removeLeftovers(in: [path] + folder.folders + folder.checkpointFolders)
    return folder
  }

  /// Lets other processes work in the folder; this one must not any more.
  package func close() { lock.withLock { $0 = nil } }

  package var configurationPath: String { "\(path)/\(Configuration.fileName)" }
  var startingModelPath: String { "\(path)/\(startingModelName)" }
  private var folders: [String] { configuration.subfolders.map { path + $0 } }
  private var checkpointFolders: [String] { folders.map { "\($0)/checkpoints" } }

  private func makeFolders() throws(OutputError) {
    for folder in checkpointFolders { try FileSystem.makeFolders(folder) }
  }

  /// A training's checkpoint; `isPrevious` for the one before it.
  package func checkpointPath(_ job: Configuration.Job, isPrevious: Bool = false) -> String {
    "\(path)\(configuration.checkpointName(job))\(isPrevious ? ".previous" : "").h5"
  }

  func slot(_ job: Configuration.Job) throws -> CheckpointSlot {
    try CheckpointSlot(path, configuration, job, warn: warn)
  }
}

extension FolderLock {
  /// The lock of a folder of trainings; throws `RunFolderError.Problem.inUse` where another process works in it.
  package static func taken(_ folder: String) throws -> FolderLock {
    do throws(Failure) {
      return try FolderLock(folder: folder)
    } catch {
      switch error {
      case .inUse: throw RunFolderError(folder, .inUse)
      case .failed(let error): throw error
      }
    }
  }
}

private let startingModelName = "start-from.h5"
