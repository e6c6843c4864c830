#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard error as the tools use it: messages, and progress where somebody watches.
public enum StandardError {
  /// Whether it is a terminal that can redraw a line.
  public static var isTerminal: Bool {
    isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  /// Whether colours are welcome (no-color.org).
  public static var hasColour: Bool {
    isTerminal && (getenv("NO_COLOR").map { String(cString: $0).isEmpty } ?? true)
  }

  /// Writes text as it is, at once.
  public static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = systemWrite(rest)
        // Nobody could be told that standard error is gone.
        if count <= 0 { return }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }

  /// Writes a line.
  public static func writeLine(_ line: String) { write(line + "\n") }
}

private func systemWrite(_ bytes: UnsafeRawBufferPointer) -> Int {
  write(STDERR_FILENO, bytes.baseAddress, bytes.count)
}

/// A bar of progress on the terminal's last line, redrawn in place; it shows nothing where standard error is no terminal.
public struct ProgressBar {
  private let isLive = StandardError.isTerminal
  private let hasColour = StandardError.hasColour
  private var lastShown: String?

  /// A bar that shows nothing yet.
  public init() {}

  /// Draws the bar at `fraction`, 0 to 1, with `text` after it.
  public mutating func show(_ fraction: Double, _ text: String) {
    guard isLive else { return }
    let width = 30
    let full = Int(max(0, min(1, fraction)) * Double(width))
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
    let line = "\(hasColour ? "\u{1B}[32m\(bar)\u{1B}[0m" : bar) \(Int(fraction * 100)) %  \(text)"
    guard line != lastShown else { return }
    lastShown = line
    StandardError.write("\r\u{1B}[K\(line)")
  }

  /// Removes the bar from the terminal.
  public mutating func clear() {
    if lastShown != nil { StandardError.write("\r\u{1B}[K") }
    lastShown = nil
  }
}

extension Double {
  /// The number with so many digits after the point, such as `0.22`.
  public func decimal(digits: Int) -> String {
    guard isFinite, abs(self) < 1e12 else { return "\(self)" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let units = Int((abs(self) * Double(scale)).rounded())
    let whole = "\(self < 0 && units > 0 ? "-" : "")\(units / scale)"
    guard digits > 0 else { return whole }
    let fraction = String(units % scale)
    return "\(whole).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }
}
