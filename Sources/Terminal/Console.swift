import Foundation

/// Where a program writes: data to standard output, progress and warnings to standard error.
public struct Console: Sendable {
  /// One of the two streams.
  public struct Stream: Sendable {
    let descriptor: Int32
    /// Whether it is a terminal that can redraw its lines.
    public let isTerminal: Bool
    /// Whether text may be coloured or bold (https://no-color.org).
    public let hasColor: Bool
    /// Columns of the terminal; nil where there is none.
    public let width: Int?

    init(_ descriptor: Int32, environment: [String: String]) {
      self.descriptor = descriptor
      isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
      hasColor = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
      var size = winsize()
      let isKnown = isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
      width = isKnown ? Int(size.ws_col) : nil
    }

    /// Writes the whole text. Returns whether the reader is still there: that it went away is no error.
    @discardableResult
    public func write(_ text: String) -> Bool {
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        if written > 0 {
          rest = rest.dropFirst(written)
        } else if errno != EINTR && errno != EAGAIN {
          return errno != EPIPE && errno != EIO
        }
      }
      return true
    }

    /// The text between the codes that make it so, such as "1" for bold, where that is allowed.
    public func styled(_ text: String, _ code: String) -> String {
      hasColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
  }

  /// Data.
  public let output: Stream
  /// Progress and warnings.
  public let errors: Stream

  /// The process's own console.
  public static let standard: Console = {
    signal(SIGPIPE, SIG_IGN)
    let environment = ProcessInfo.processInfo.environment
    return Console(
      output: Stream(STDOUT_FILENO, environment: environment), errors: Stream(STDERR_FILENO, environment: environment))
  }()

  /// Writes a line of data.
  public func data(_ line: String) { output.write(line + "\n") }

  /// Writes a line that says what is going on.
  public func note(_ line: String) { errors.write(line + "\n") }
}
