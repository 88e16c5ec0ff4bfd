import Foundation
import Store
import Terminal
import TestSupport
import Testing

@testable import Experiments
@testable import Sweep

/// Progress where there is no terminal: a line per event.
@Suite(.timeLimit(.minutes(10)))
struct ProgressTests {
  /// What is written to standard error, in lines.
  private func lines(silence: Duration, _ work: (Sweep.Progress) -> Void) throws -> [String] {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "errors")
    try Data().write(to: file)
    let errors = try FileHandle(forWritingTo: file)
    let console = Console(output: STDOUT_FILENO, errors: errors.fileDescriptor, environment: [:])
    work(Sweep.Progress(console, silence: silence))
    try errors.close()
    return String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func evaluation(_ step: Int, _ loss: Double) -> Evaluation {
    Evaluation(step: step, loss: loss, bitsPerByte: loss, tokens: 8, seconds: Double(step))
  }

  private func train(_ progress: Sweep.Progress) {
    progress.begin([SweepItem(id: 7, label: "run 7: lr 0.1, seed 0", steps: 100, flops: 1)])
    progress.started(7, at: 0)
    progress.evaluated(7, evaluation(0, 4))
    progress.evaluated(7, evaluation(50, 3.25))
    progress.evaluated(7, evaluation(100, 3))
    progress.ended(
      7,
      RunOutcome(
        state: .finished, stepsDone: 100, final: evaluation(100, 3), seconds: 100, tokensPerSecond: 2000))
    progress.end()
  }

  @Test(
    "A run of which nothing was told for a while is evaluated on a line, but for the last time, which its end tells")
  func evaluations() throws {
    let lines = try lines(silence: .zero, train)
    #expect(
      lines.dropLast() == [
        "started   run 7: lr 0.1, seed 0",
        "evaluated run 7: lr 0.1, seed 0: validation loss 4.0000 nats/token at step 0 of 100, 0 s",
        "evaluated run 7: lr 0.1, seed 0: validation loss 3.2500 nats/token at step 50 of 100, 50 s",
      ])
    #expect(
      lines.last?.firstMatch(
        of:
          /^finished  run 7: lr 0.1, seed 0: validation loss 3.0000 nats\/token, 1 min 40 s, 2.00 k tokens\/s \[1\/1 after .*s\]$/
      ) != nil)
  }

  @Test("Short runs are told by their beginning and their end alone")
  func short() throws { #expect(try lines(silence: .seconds(1000), train).count == 2) }
}
