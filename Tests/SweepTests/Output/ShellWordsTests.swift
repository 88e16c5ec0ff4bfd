import Foundation
import TestSupport
import Testing

@testable import Sweep

@Suite(.timeLimit(.minutes(10)))
struct ShellWordsTests {
  @Test(
    "A word is quoted where a shell would read it otherwise",
    arguments: [
      ("a/b-c_d.json", "a/b-c_d.json"), ("heads+lr=0.1,1", "heads+lr=0.1,1"), ("my spec", "'my spec'"),
      ("it's", "'it'\\''s'"), ("lr=[1]", "'lr=[1]'"), ("*", "'*'"), ("", "''"), ("größe", "größe"), ("~", "'~'"),
      // Characters of several scalars, of which a shell acts on one.
      ("\u{D4E};touch x", "'\u{D4E};touch x'"), ("b'\u{301};touch x", "'b'\\''\u{301};touch x'"),
      ("\u{D4E}$x", "'\u{D4E}$x'"),
      ("a\u{D4E}\n", "'a\u{D4E}\n'"),
    ])
  func quoted(word: String, expected: String) { #expect(ShellWords.quoted(["x", word]) == "x \(expected)") }

  @Test("A program is named as this one was started: by its name, by its path, or by swift run in its own package")
  func words() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.resolvingSymlinksInPath().path
    func words(_ start: String) -> String {
      ShellWords.words(for: "report", startedAs: start, in: path).joined(separator: " ")
    }
    #expect(words("sweep") == "report")
    #expect(words("./bin/sweep") == "./bin/report")
    #expect(words("/usr/local/bin/sweep") == "/usr/local/bin/report")
    #expect(words("\(path)/.build/debug/sweep") == "\(path)/.build/debug/report")
    try Data().write(to: folder.url.appending(path: "Package.swift"))
    #expect(words("\(path)/.build/x86_64/debug/sweep") == "swift run report")
    #expect(words(".build/release/sweep") == "swift run -c release report")
    #expect(words("/elsewhere/.build/debug/sweep") == "/elsewhere/.build/debug/report")
  }
}
