package import Foundation
internal import SystemSupport

/// What a folder's file says of its trainings: all that their results depend on.
package protocol FolderConfiguration: Sendable, Codable {
  /// What has a checkpoint of its own, and what such a training comes to.
  associatedtype Job: Sendable, Hashable
  associatedtype Result: Sendable

  static var fileName: String { get }
  /// The format that this package writes, under the key `format`.
  static var knownFormat: Int { get }
  /// When its trainings began; nil in files of before there was the key `began`. Nothing that is computed depends on it.
  var began: Moment? { get set }
  /// Throws where something can't be.
  func validate() throws(SettingsError)
  /// Where results are written, from the folder on: `""` or such as `/lstm`. Each has a folder `checkpoints`.
  var subfolders: [String] { get }
  /// A training's checkpoint, from the folder on and without `.h5`.
  func checkpointName(_ job: Job) -> String
  /// What a checkpoint of a training must have been written for: a digest of all that its numbers depend on.
  func identity(_ job: Job) throws -> String
  /// Those of before something was changed that lets the training go on.
  func earlierIdentities(_ job: Job) throws -> [String]
}

extension FolderConfiguration {
  package func earlierIdentities(_ job: Job) throws -> [String] { [] }
}

private struct Format: Decodable { let format: Int }

extension FolderConfiguration {
  /// Reads and checks a file that says its format.
  package static func read(_ path: String) throws -> Self {
    guard let data = try FileSystem.contents(path) else { throw RunFolderError(path, .notARun) }
    do {
      let format = try RunJSON.decode(Format.self, data).format
      guard format == knownFormat else { throw RunFolderError(path, .otherFormat(found: format, known: knownFormat)) }
      let configuration = try RunJSON.decode(Self.self, data)
      try configuration.validate()
      return configuration
    } catch let error as RunFolderError {
      throw error
    } catch {
      throw RunFolderError(path, .wrongConfiguration(reason: RunJSON.reason(error)))
    }
  }

  package func write(_ path: String) throws { try RunJSON.write(self, path) }

  /// When the trainings of a folder began: as its file says, else when that was written, to the second.
  package func began(in folder: String) -> Date {
    began?.date ?? Moment(ofFile: "\(folder)/\(Self.fileName)").date
  }
}
