import Foundation
import GRDB
import Testing

/// A sweep of 14 runs with something of everything that a run's state consists of: each optimizer, tokenizers, samples,
/// and runs that diverge.
enum TortureSpec {
  static let runs = 14

  /// Writes the spec and its text into the workplace.
  static func write(to place: Workplace, steps: Int = TortureTests.amount(350, long: 2000)) throws {
    let text = (0..<400).map { "The \($0 % 7) cats of \($0 % 5) saw \($0 * $0 % 11) dogs.\n" }.joined()
    try place.write(text, to: "text.txt")
    try place.write(
      """
      {
        "corpus": "text.txt", "heads": 2, "layers": 2, "context_length": 16, "batch_size": 8, "seeds": 2,
        "steps": \(steps), "warmup_steps": 20, "eval_every": 25, "eval_tokens": 512, "sample_every": 40,
        "prompts": ["The ", "cats"], "sample_tokens": 24, "checkpoint_seconds": 0.03,
        "variants": [
          {"optimizer": "adamw", "d_model": [16, 24], "lr": [0.003, 0.01]},
          {"optimizer": "adam", "d_model": 16, "lr": 0.01, "tokenizer": "byte"},
          {"optimizer": "sgd", "momentum": 0.9, "d_model": 16, "lr": 0.1, "schedule": "linear"},
          {"optimizer": "sgd", "d_model": 16, "lr": 1000000, "grad_clip": 0, "warmup_steps": \(steps - 1)}
        ]
      }
      """, to: "torture.json")
  }

  /// The sweep as it comes out undisturbed, and the seconds that it takes on two jobs.
  static let reference = Result {
    let place = try Workplace()
    try write(to: place)
    let start = ContinuousClock.now
    let outcome = try place.sweep("torture.json", "--jobs", "2")
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    #expect(outcome.status == 0)
    #expect(outcome.summary == "\(runs) runs: \(runs - 2) finished, 2 diverged\n")
    return (results: try SweepResults(of: place), seconds: seconds)
  }
}
