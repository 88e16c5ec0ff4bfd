import Foundation
import Testing

extension TortureTests {
  @Suite(.timeLimit(.minutes(10)))
  struct InterruptTests {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]

    @Test(
      "A signal stops after the step with its exit code, and the printed command goes on to the same bits",
      arguments: signals)
    func once(signal: Int32) throws {
      let reference = try TortureSpec.reference.get().results
      // A signal may come while one run is over and the next hasn't begun.
      for _ in 1...5 where try isResumed(after: signal, reference) { return }
      Issue.record("signal \(signal) interrupted no run in five sweeps")
    }

    /// Whether a run was interrupted, which then goes on to the same bits.
    private func isResumed(after signal: Int32, _ reference: SweepResults) throws -> Bool {
      let place = try Workplace()
      try TortureSpec.write(to: place)
      let sweep = try place.start("sweep", ["torture.json", "--jobs", "2"])
      #expect(sweep.writes("finished"))
      sweep.signal(signal)
      let outcome = sweep.outcome()
      #expect(outcome.status == 128 + signal)
      let states = try place.queryCopy("SELECT state, count(*) FROM runs GROUP BY state").map { $0[0] as String }
      #expect(!states.contains("running"))
      guard states.contains("interrupted") else { return false }
      let command = try #require(outcome.errors.firstMatch(of: /Go on with: (.*)\n/)).1
      let again = try place.run("/bin/sh", ["-c", String(command)])
      #expect(again.status == 0)
      let events = SweepEvent.all(in: again.errors)
      let interrupted = SweepEvent.all(in: outcome.errors).filter { $0.kind == "interrupted" }
      #expect(!interrupted.isEmpty)
      for event in interrupted {
        let next = events.first { $0.run == event.run }
        #expect(next?.step ?? 0 == event.step, "run \(event.run) went on after another step than it stopped after")
      }
      try SweepResults(of: place).expectSame(as: reference, "interrupted by signal \(signal)")
      return true
    }

    @Test("A second signal stops at once, in the middle of an evaluation", arguments: [SIGINT, SIGTERM])
    func twice(signal: Int32) throws {
      let place = try Workplace()
      try place.write(
        """
        {"d_model": 384, "layers": 6, "context_length": 128, "batch_size": 4, "steps": 3, "eval_tokens": 1000000}
        """, to: "long.json")
      let sweep = try place.start("sweep", ["long.json"])
      #expect(sweep.writes("started"))
      sweep.signal(signal)
      #expect(sweep.writes("once more, after a second, stops at once"))
      while !sweep.ends(within: 0.05) { sweep.signal(signal) }
      let outcome = sweep.outcome()
      #expect(outcome.status == 128 + signal)
      #expect(outcome.output == "")
      // It did not wait for the evaluation, which takes many seconds, and after which it would have said so.
      #expect(try place.queryCopy("SELECT state FROM runs").map { $0[0] as String } == ["running"])
    }

    @Test("A reader of the messages that goes away stops nothing, or stops like a closed terminal")
    func closedPipe() throws {
      let reference = try TortureSpec.reference.get()
      let place = try Workplace()
      try TortureSpec.write(to: place)
      let command = "\(Workplace.programs.path)/sweep torture.json --jobs 2 2>&1 | head -n 3; exit ${PIPESTATUS[0]}"
      let outcome = try place.run("/bin/bash", ["-c", command])
      #expect(outcome.status == 128 + SIGHUP)
      #expect(try place.queryCopy("SELECT 1 FROM runs WHERE state = 'running'").isEmpty)
      #expect(try place.sweep("torture.json").status == 0)
      try SweepResults(of: place).expectSame(as: reference.results, "its reader went away")
    }
  }
}
