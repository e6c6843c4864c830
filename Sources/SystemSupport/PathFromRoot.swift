import Foundation

/// A path as one that begins at the root, which leads to the same whatever the working folder is later.
///
/// Links stay as they were typed, but where `..` follows one: it is the folder above the one that the link leads to, as the system has it.
package func pathFromRoot(_ path: String) -> String {
  let parts = path.split(separator: "/").map(String.init)
  guard let last = parts.lastIndex(of: "..") else { return URL(fileURLWithPath: path).standardizedFileURL.path }
  guard let folder = realpath((path.hasPrefix("/") ? "/" : "") + parts[...last].joined(separator: "/"), nil) else {
    // Nothing is there now, so that nobody can say what it leads to.
    return path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  }
  defer { free(folder) }
  let whole = ([String(cString: folder)] + parts[(last + 1)...]).joined(separator: "/")
  return URL(fileURLWithPath: whole).standardizedFileURL.path
}
