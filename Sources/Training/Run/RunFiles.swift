internal import Foundation
internal import SystemSupport

/// Writing and reading of a run's files, with errors that say which.
enum RunFiles {
  /// Replaces a file in one go; what was there stays where that fails.
  static func replace(_ path: String, with contents: Data) throws(RunFolderError) {
    try attempt(path) { try AtomicFile.replace(path, with: contents) }
  }

  /// Replaces a file by what `write` puts into the file whose path it is given.
  static func replace(_ path: String, write: (_ temporaryPath: String) throws -> Void) throws(RunFolderError) {
    try attempt(path) { try AtomicFile.replace(path, write: write) }
  }

  private static func attempt(_ path: String, _ body: () throws -> Void) throws(RunFolderError) {
    do {
      try body()
    } catch let error as OutputError {
      throw RunFolderError(error)
    } catch let error as RunFolderError {
      throw error
    } catch {
      throw RunFolderError(path, .cannotWrite(reason: "cannot be written: \(error.localizedDescription)"))
    }
  }

  /// The bytes of a file; nil where there is none.
  static func contents(_ path: String) throws(RunFolderError) -> Data? {
    do {
      return try FileSystem.contents(path).map { Data($0) }
    } catch {
      throw RunFolderError(path, .cannotRead(reason: error.message))
    }
  }

  /// Makes the folder of something new, which may be there but must not hold anything; throws `exists` otherwise.
  static func claimFolder(_ path: String) throws(RunFolderError) {
    // What ended before its first file was whole leaves the lock, a part of that file, and what comes before it.
    let isFree = FileSystem.names(in: path).allSatisfy {
      [FolderLock.fileName, RunFolder.startingModelName].contains($0) || AtomicFile.isLeftover($0)
    }
    guard isFree else { throw RunFolderError(path, .exists) }
    try makeFolder(path)
  }

  /// Makes a folder and those on the way to it.
  static func makeFolder(_ path: String) throws(RunFolderError) {
    do throws(OutputError) {
      try FileSystem.makeFolders(path)
    } catch {
      throw RunFolderError(error)
    }
  }

  /// Takes a folder's lock. Throws `inUse`.
  static func lock(_ folder: String) throws(RunFolderError) -> FolderLock {
    do throws(FolderLock.Failure) {
      return try FolderLock(folder: folder)
    } catch {
      switch error {
      case .inUse: throw RunFolderError(folder, .inUse)
      case .failed(let error): throw RunFolderError(error)
      }
    }
  }
}
