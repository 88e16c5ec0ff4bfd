import Testing

@testable import Sweep

@Suite(.timeLimit(.minutes(10)))
struct TimeLimitTests {
  @Test(
    "A time limit is read as Slurm reads it",
    arguments: [
      ("90", 5400), ("90:30", 5430), ("4:00:00", 14_400), ("2-0", 172_800), ("1-2:30", 95_400), ("1-0:0:10", 86_410),
    ])
  func seconds(text: String, expected: Double) { #expect(TimeLimit(text)?.seconds == expected) }

  @Test(
    "What is no time, or none at all, is refused",
    arguments: ["", "0", "0:59", "4h", "4:00:00:00", "1-", "-5", "1-2-3", "1e3", "½", "4: 0", "UNLIMITED", "9999999"])
  func refused(text: String) { #expect(TimeLimit(text) == nil) }
}
