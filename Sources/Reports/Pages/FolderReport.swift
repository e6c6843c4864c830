internal import Foundation
internal import SystemSupport

/// A page that stands in the folder which it is of, under one name.
package protocol FolderReport {
  /// The folder's path.
  var folder: String { get }
  /// The page's text.
  func html() throws -> String
}

extension FolderReport {
  /// Writes the page into the folder, in place of an older one. Returns its path.
  @discardableResult
  package func write() throws -> String {
    let path = "\(folder)/report.html"
    try AtomicFile.replace(path, with: try html().utf8)
    return path
  }
}

/// The last part of a path, whatever it is spelled like.
func lastName(of path: String) -> String { URL(fileURLWithPath: pathFromRoot(path)).lastPathComponent }
