import ArgumentParser
import CommandSupport
import SystemSupport
import Windows

/// Who is held out together.
enum FoldChoice: ExpressibleByArgument, Equatable {
  case subjects
  case groups(Int)

  init?(argument: String) {
    if argument == "subjects" {
      self = .subjects
    } else if let count = Int(argument), (2...256).contains(count) {
      self = .groups(count)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "subjects" }
}

/// Throws where a store has fewer people than there are to be folds of them, or one alone, without whom there is nobody to train on.
///
/// - Parameters:
///   - whose: whom of the store's people, a word and a space, or nothing for all.
///   - source: what asks for so many.
func requireFolds(_ count: Int, of people: Int, _ whose: String, _ store: WindowStore, _ source: String) throws {
  guard people >= 2 else {
    let found = counted(people, "\(whose)person", "\(whose)people")
    throw CommandError(
      exitStatus: .data, message: "\(source): found \(found) in \(store.path), expected two or more who take turns")
  }
  guard count <= people else {
    throw CommandError(
      exitStatus: .data,
      message: "\(source): \(count), expected from 2 to the \(people) \(whose)people of \(store.path)")
  }
}
