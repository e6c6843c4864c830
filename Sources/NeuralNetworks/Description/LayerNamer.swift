/// Names for layers that have none, as Keras gives them: lstm, dense, dense_1.
package struct LayerNamer {
  private let taken: Set<String>
  private var counts: [String: Int] = [:]

  /// Names that are given already are left out.
  init(taken: [String]) { self.taken = Set(taken) }

  mutating func next(_ className: String) -> String {
    let base = Self.snakeCase(className)
    while true {
      let count = counts[base, default: 0]
      counts[base] = count + 1
      let name = count == 0 ? base : "\(base)_\(count)"
      if !taken.contains(name) { return name }
    }
  }

  /// `MaxPooling1D` as `max_pooling1d`, `ConvLSTM2D` as `conv_lstm2d`: a capital begins a word behind a small letter, or before
  /// one.
  static func snakeCase(_ className: String) -> String {
    let letters = Array(className)
    var name = ""
    for (index, letter) in letters.enumerated() {
      let isBehindSmall = index > 0 && letters[index - 1].isLowercase
      let isBeforeSmall = index > 0 && index + 1 < letters.count && letters[index + 1].isLowercase
      if letter.isUppercase && (isBehindSmall || isBeforeSmall) { name += "_" }
      name += letter.lowercased()
    }
    return name
  }
}
