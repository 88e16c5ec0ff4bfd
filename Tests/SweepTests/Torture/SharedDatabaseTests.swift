import Foundation
import Testing

extension TortureTests {
  @Suite(.timeLimit(.minutes(10)))
  struct SharedDatabaseTests {
    @Test("Three sweeps share one database, two are killed half way, and the third finishes every run once")
    func sharing() throws {
      let reference = try TortureSpec.reference.get()
      let rounds = TortureTests.amount(1, long: 8)
      var takenOver = 0
      for round in 1...rounds {
        let place = try Workplace()
        try TortureSpec.write(to: place)
        let sweeps = try (1...3).map { _ in try place.start("sweep", ["torture.json", "--jobs", "1"]) }
        func events(_ kinds: String...) -> [SweepEvent] {
          sweeps.flatMap { SweepEvent.all(in: $0.errors) }.filter { kinds.contains($0.kind) }
        }
        while events("finished").count < TortureSpec.runs / 2, !sweeps[0].ends(within: 0.002) {}
        // Which two it is differs from round to round; the third stays.
        let survivor = sweeps[round % 3]
        for sweep in sweeps where sweep !== survivor { sweep.kill9() }
        let outcome = survivor.outcome()

        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.summary == "\(TortureSpec.runs) runs: \(TortureSpec.runs - 2) finished, 2 diverged\n")
        try SweepResults(of: place).expectSame(as: reference.results, "three processes, round \(round)")
        let ends = Dictionary(grouping: events("finished", "diverged"), by: \.run)
        #expect(ends.values.allSatisfy { $0.count == 1 }, "a run ended twice: \(ends)")
        let begins = Dictionary(grouping: events("started", "resumed"), by: \.run).mapValues(\.count)
        #expect(begins.count == TortureSpec.runs)
        // Only what a killed process had begun may have been begun twice, one run in each.
        let again = begins.values.reduce(0) { $0 + $1 - 1 }
        #expect(again <= 2)
        takenOver += again
      }
      TortureTests.report(
        "\(rounds) times three sweeps on one database, two of them killed: \(takenOver) runs taken over, each of "
          + "\(TortureSpec.runs) runs ended once, \(reference.results.count) rows compared each time")
    }

    @Test("Three sweeps on one database that nobody kills begin and end every run once")
    func undisturbed() throws {
      let reference = try TortureSpec.reference.get()
      let place = try Workplace()
      try TortureSpec.write(to: place)
      let sweeps = try (1...3).map { _ in try place.start("sweep", ["torture.json", "--jobs", "1"]) }
      let outcomes = sweeps.map { $0.outcome() }
      for outcome in outcomes {
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.summary == "\(TortureSpec.runs) runs: \(TortureSpec.runs - 2) finished, 2 diverged\n")
      }
      let events = outcomes.flatMap { SweepEvent.all(in: $0.errors) }
      #expect(events.filter { $0.kind == "started" }.map(\.run).sorted() == (1...TortureSpec.runs).map { $0 })
      #expect(events.filter { $0.kind == "resumed" }.isEmpty)
      try SweepResults(of: place).expectSame(as: reference.results, "three processes")
    }
  }
}
