import Foundation
import Synchronization
import Words

/// Where a program writes: data to standard output, progress and warnings to standard error.
public struct Console: Sendable {
  /// One of the two streams.
  public final class Stream: Sendable {
    let descriptor: Int32
    /// Whether it is a terminal that can redraw its lines.
    public let isTerminal: Bool
    /// Whether text may be coloured or bold (https://no-color.org).
    public let hasColor: Bool
    /// The system's number of the first error; 0 for none.
    private let firstError = Atomic<Int32>(0)

    init(_ descriptor: Int32, environment: [String: String]) {
      self.descriptor = descriptor
      isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
      hasColor = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Columns of the terminal as it is now; nil where there is none.
    public var width: Int? { size.flatMap { $0.ws_col > 0 ? Int($0.ws_col) : nil } }

    /// Lines of the terminal as it is now; nil where there is none.
    public var height: Int? { size.flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil } }

    private var size: winsize? {
      var size = winsize()
      return isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
    }

    /// The first error of a write; nil while there was none.
    var error: Int32? {
      let error = firstError.load(ordering: .relaxed)
      return error == 0 ? nil : error
    }

    /// Writes the whole text. After an error nothing more is written, so that no part is missing between two others.
    ///
    /// - Returns: Whether the reader is still there.
    @discardableResult
    public func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    /// Writes all bytes, which needn't be text.
    ///
    /// - Returns: Whether the reader is still there.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool {
      var rest = bytes[...]
      while error == nil, !rest.isEmpty {
        let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        if written > 0 {
          rest = rest.dropFirst(written)
        } else if errno == EAGAIN {
          var place = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&place, 1, -1)
        } else if errno != EINTR {
          note(errno)
        }
      }
      return error != EPIPE && error != EIO
    }

    /// Closes the stream: some file systems tell only then that they couldn't take what was written.
    func close() {
      if Foundation.close(descriptor) != 0 { note(errno) }
    }

    private func note(_ error: Int32) {
      _ = firstError.compareExchange(expected: 0, desired: error, ordering: .relaxed)
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

  /// A console of two open files.
  ///
  /// - Parameter environment: What says which terminal it is, and whether it may be coloured.
  public init(output: Int32, errors: Int32, environment: [String: String]) {
    self.output = Stream(output, environment: environment)
    self.errors = Stream(errors, environment: environment)
  }

  /// The process's own console.
  public static let standard: Console = {
    signal(SIGPIPE, SIG_IGN)
    // A stream that whoever started the program has closed stays one that can't be used; else the next file that is opened would
    // take its number and get what is written to it.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
    return Console(
      output: STDOUT_FILENO, errors: STDERR_FILENO, environment: ProcessInfo.processInfo.environment)
  }()

  /// Writes a line of data, or some, of which no character commands a terminal.
  public func data(_ lines: String) { output.write(lines.visible(keepsLines: true) + "\n") }

  /// Writes a line as it is: of a format for programs, or styled, with its texts made visible.
  public func raw(_ line: String) { output.write(line + "\n") }

  /// Ends the writing of data.
  ///
  /// - Returns: Why not all of it has arrived, in words; nil where it has.
  public func closeOutput() -> String? {
    output.close()
    return output.error.map { error in
      let reason = error == EPIPE ? "its reader has gone" : String(cString: strerror(error))
      return "standard output: not everything could be written (\(reason))."
    }
  }

  /// Writes a line, or some, that say what is going on.
  public func note(_ lines: String) { errors.write(lines.visible(keepsLines: true) + "\n") }

  /// Writes a text of the user's: as it is to a file or a pipe, and to a terminal so that no character of it commands the terminal.
  public func text(_ text: String) { output.isTerminal ? data(text) : raw(text) }
}
