import Foundation
import Testing
import Words

@Suite(.timeLimit(.minutes(10)))
struct WordingTests {
  @Test(
    "A duration has its two greatest units",
    arguments: [
      (-1, "0 s"), (0, "0 s"), (0.0004, "1 ms"), (0.04, "40 ms"), (0.0994, "100 ms"), (0.0996, "0.1 s"),
      (9.94, "9.9 s"),
      (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (3599.6, "1 h 00 min"),
      (7620, "2 h 07 min"), (356_400, "4 d 03 h"), (.infinity, "unknown"), (.nan, "unknown"),
    ])
  func duration(seconds: Double, words: String) { #expect(Wording.duration(seconds) == words) }

  @Test(
    "A count has three digits and a unit",
    arguments: [
      (0, "0"), (950, "950"), (999, "999"), (0.5, "0.50"), (12.34, "12.3"), (999.6, "1.00 k"), (1000, "1.00 k"),
      (12_345, "12.3 k"), (999_400, "999 k"), (999_600, "1.00 M"), (1.2e9, "1.20 G"), (3.4e12, "3.40 T"),
      (3.4e15, "3.40e+15"),
    ])
  func count(value: Double, words: String) { #expect(Wording.count(value) == words) }

  @Test(
    "Bytes have a unit of bytes",
    arguments: [(1, "1 B"), (999, "999 B"), (1000, "1.00 kB"), (640_000, "640 kB"), (1.2e9, "1.20 GB")])
  func bytes(value: Double, words: String) { #expect(Wording.bytes(value) == words) }

  @Test("One is singular")
  func number() {
    #expect([0, 1, 2].map { Wording.number($0, "run") } == ["0 runs", "1 run", "2 runs"])
  }

  @Test("A failure of the system is told in the system's words")
  func reason() {
    let error = #expect(throws: (any Error).self) {
      try FileManager.default.createDirectory(atPath: "/dev/null/x", withIntermediateDirectories: true)
    }
    #expect(error.map(Wording.reason) == "Not a directory")
    struct Own: Error, CustomStringConvertible { let description = "mine" }
    #expect(Wording.reason(of: Own()) == "mine")
  }
}
