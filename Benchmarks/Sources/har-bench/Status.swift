import SystemSupport

/// What is being measured, on a terminal's last line; nothing elsewhere.
enum Status {
  static func show(_ text: String) {
    if StandardError.isTerminal { StandardError.write("\r\u{1B}[K\(text)") }
  }

  static func clear() { show("") }
}
