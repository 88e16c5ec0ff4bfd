/// A line in which a sweep tells what has become of a run.
struct SweepEvent {
  /// Its first word: started, resumed, finished, diverged, failed, interrupted, elsewhere.
  let kind: String
  let run: Int
  /// The step after which a run goes on or was interrupted.
  let step: Int?

  /// The events in a sweep's standard error, in order.
  static func all(in errors: String) -> [SweepEvent] {
    errors.split(separator: "\n").compactMap { line in
      guard let match = line.firstMatch(of: /^([a-z]+) +run ([0-9]+): .*?(?: after step ([0-9]+)(?: \[.*)?)?$/),
        let run = Int(match.2)
      else { return nil }
      return SweepEvent(kind: String(match.1), run: run, step: match.3.flatMap { Int($0) })
    }
  }
}
