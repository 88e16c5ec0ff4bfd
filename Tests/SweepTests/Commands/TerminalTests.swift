#if os(Linux)
  import Foundation
  import Terminal
  import Testing

  /// A sweep as it looks on a terminal.
  @Suite(.timeLimit(.minutes(10)))
  struct TerminalTests {
    private static let spec = """
      {"d_model": [8, 16], "heads": 2, "layers": 1, "context_length": 8, "batch_size": 2, "lr": [0.001, 0.01],
       "weight_decay": [0, 0.1], "steps": 40, "eval_every": 10, "eval_tokens": 64, "sample_tokens": 5}
      """

    /// All that the program writes to a terminal of so many columns.
    private func written(
      by arguments: [String], columns: UInt16, _ place: Workplace, _ environment: [String: String] = [:]
    )
      throws -> String
    {
      // https://man7.org/linux/man-pages/man2/TIOCSPTLCK.2const.html; the C library's own functions for it aren't seen from Swift.
      let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var (unlocked, number): (Int32, Int32) = (0, 0)
      try #require(terminal >= 0 && ioctl(terminal, 0x4004_5431, &unlocked) == 0)
      try #require(ioctl(terminal, 0x8004_5430, &number) == 0)
      defer { close(terminal) }
      var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      #expect(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
      let end = FileHandle(fileDescriptor: open("/dev/pts/\(number)", O_RDWR | O_NOCTTY), closeOnDealloc: false)
      let process = place.process("sweep", arguments)
      process.environment = (process.environment ?? [:]).merging(["TERM": "xterm"]) { $1 }.merging(environment) { $1 }
      process.standardOutput = end
      process.standardError = end
      try process.run()
      try end.close()
      var bytes: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 1 << 16)
      // The end is an error once nobody has the terminal open.
      while case let count = read(terminal, &piece, piece.count), count > 0 { bytes += piece[..<count] }
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return String(decoding: bytes.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
    }

    private func plain(_ text: String) -> [String] {
      text.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "").split(separator: "\n").map(String.init)
    }

    @Test(
      "No line wraps on a terminal of any width, and the last ones say what is best and what to do next",
      arguments: [40, 80, 160])
    func widths(columns: UInt16) throws {
      let place = try Workplace()
      try place.write(Self.spec, to: "s.json")
      let text = try written(by: ["s.json"], columns: columns, place)
      let lines = plain(text)
      // A command is one line, so that it can be copied.
      #expect(lines.filter { $0.displayWidth > columns && !$0.hasPrefix("Next: ") && !$0.hasPrefix("      ") } == [])
      #expect(text.contains("\u{1B}[J") && text.contains("\u{1B}[32mfinished\u{1B}[0m"))
      #expect(lines.contains { $0.hasPrefix("best so far: ") && $0.contains("nats/token") })
      #expect(lines.contains { $0.contains("validation loss") })
      let end = lines.drop { !$0.hasPrefix("s: final validation loss") }
      #expect(end.contains { $0.hasPrefix("#  d_model     lr  weight_decay  loss (nats/token)") } == (columns > 40))
      #expect(end.contains("and 3 more configurations"))
      #expect(end.last?.firstMatch(of: /^ {6}.*sweep sample [0-9]+$/) != nil)
    }

    @Test("NO_COLOR takes the colours away; a terminal that can't redraw gets a line per event")
    func plainTerminals() throws {
      let place = try Workplace()
      try place.write(Self.spec, to: "s.json")
      let colorless = try written(by: ["s.json", "steps=10"], columns: 80, place, ["NO_COLOR": "1"])
      #expect(colorless.contains("\u{1B}[J") && !colorless.contains("\u{1B}[32m") && !colorless.contains("\u{1B}[0m"))
      let dumb = try written(by: ["s.json", "steps=11"], columns: 80, place, ["TERM": "dumb"])
      #expect(!dumb.contains("\u{1B}"))
      #expect(dumb.contains("started   run "))
      #expect(dumb.contains("\nbest so far: "))
    }
  }
#endif
