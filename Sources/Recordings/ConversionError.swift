import SystemSupport

/// What can go wrong between recordings and store.
package enum ConversionError: UserFacingError, Equatable {
  /// Something in a text file is wrong.
  case input(InputError)
  /// Files of the dataset are not there.
  case missing(MissingFilesError)
  /// The store cannot be made or written.
  case output(OutputError)

  private var underlying: any UserFacingError {
    switch self {
    case .input(let error): error
    case .missing(let error): error
    case .output(let error): error
    }
  }

  package var exitStatus: ExitStatus { underlying.exitStatus }
  package var message: String { underlying.message }
}

/// Files of a dataset that are not there, all of them.
package struct MissingFilesError: UserFacingError, Equatable {
  /// The dataset's folder.
  package let folder: String
  /// Paths of the missing files inside the folder.
  package let files: [String]
  /// What the user may have meant.
  package let hint: String?

  package var exitStatus: ExitStatus { .noInput }

  package var message: String {
    let hint = hint.map { " (\($0))" } ?? ""
    if files.count > RecordingFolder.requiredFiles.count {
      return """
        \(printable(folder)): is not a dataset: it has none of the \(files.count) files of the UCI layout, expected \
        \(files.joined(separator: ", "))\(hint)
        """
    }
    let count = files.count == 1 ? "1 file is missing" : "\(files.count) files are missing"
    return "\(printable(folder)): \(count): \(files.joined(separator: ", "))\(hint)"
  }
}
