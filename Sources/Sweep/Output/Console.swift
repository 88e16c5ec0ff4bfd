import Foundation

/// Where the program writes: data to standard output, progress and warnings to standard error.
struct Console: Sendable {
  /// Whether standard error is a terminal that can redraw its lines.
  let isLive: Bool
  /// Whether standard error may be coloured (https://no-color.org).
  let hasColor: Bool
  /// Columns of the terminal on standard error.
  let width: Int

  /// The process's own console.
  static let standard: Console = {
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    var size = winsize()
    let width = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    return Console(isLive: isTerminal, hasColor: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty, width: width)
  }()

  /// Writes a line of data.
  func data(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

  /// Writes a line that says what is going on.
  func note(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

  /// Writes to standard error as it is.
  func raw(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Whole texts, past partial writes; a reader that went away is no error here: the sweep goes on.
  private func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR && errno != EAGAIN {
        return
      }
    }
  }
}
