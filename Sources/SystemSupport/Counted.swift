/// A number and what it is of: `1 window`, `2 windows`.
///
/// - Parameter plural: the word for several, where that is not the one with an s.
package func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
