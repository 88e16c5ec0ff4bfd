/// The steps of a run after which something is measured: each multiple of a number, from a first step on, and the last.
package struct MeasuredSteps: Hashable, Sendable {
  /// Steps between two measurements; 0: only the last step is measured.
  package let every: Int
  /// 0 if the untrained model is measured, else 1.
  package let first: Int
  /// The run's last step.
  package let last: Int

  /// Whether a step is one of them.
  package func contains(_ step: Int) -> Bool { step == last || every > 0 && step >= first && step % every == 0 }

  /// How many of them a run has that goes on after `done` steps; all, where it hasn't begun.
  package func count(after done: Int) -> Int {
    guard done < last else { return 0 }
    guard every > 0 else { return 1 }
    func multiples(below end: Int) -> Int { (end + every - 1) / every }
    return 1 + multiples(below: last) - multiples(below: done == 0 ? first : done + 1)
  }

  /// The steps themselves.
  package func steps(after done: Int) -> [Int] {
    guard done < last else { return [] }
    let multiples =
      every > 0 ? stride(from: 0, to: last, by: every).filter { $0 >= first && (done == 0 || $0 > done) } : []
    return multiples + [last]
  }
}
