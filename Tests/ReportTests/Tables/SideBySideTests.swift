import Answers
import SampleResults
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct SideBySideTests {
  /// What a comparison of two sides comes to, as `--compare` makes it.
  private func compare(_ results: ExperimentResults, _ a: String, _ b: String) throws -> SideBySide {
    let sides = try [a, b].map { text -> (side: ComparedSide, matches: [ConfigurationResult]) in
      let side = try ComparedSide(text)
      guard case .configurations(let filter, _) = side else { return (side, []) }
      return (side, try [Table.comparison(results)].places(meeting: filter)[0].map { results.configurations[$0] })
    }
    return try SideBySide(results, sides[0], sides[1])
  }

  private let runs = [
    run(dModel: 8, lr: 0.1, seed: 0, loss: 2.0), run(dModel: 8, lr: 0.1, seed: 1, loss: 2.5),
    run(dModel: 8, lr: 0.1, seed: 2, loss: 2.25), run(dModel: 16, lr: 0.1, seed: 0, loss: 1.5),
    run(dModel: 16, lr: 0.1, seed: 1, loss: 1.875), run(dModel: 16, lr: 0.1, seed: 2, loss: 1.75),
    run(dModel: 16, lr: 0.2, seed: 0, loss: 1.875), run(dModel: 16, lr: 0.2, seed: 1, loss: 3),
  ]

  @Test("Two configurations: difference, interval and pairs over the seeds that both have, and what differs")
  func configurations() throws {
    let comparison = try compare(results(runs), "d_model=16,lr=0.1", "d_model=8")
    // The differences are 0.5, 0.625 and 0.5: scipy.stats.t.interval(0.95, 2, 0.541667, 0.0416667) is 0.36239 to 0.72094.
    #expect(
      comparison.sentence
        == "d_model=16,lr=0.1 is better than d_model=8, and they are told apart: lower by 0.54 [0.36, 0.72] nats per token "
        + "(95 % interval, over 3 pairs of runs with the same seed).")
    let rows = comparison.table.rows
    let differing = rows.map { $0.prefix(3).map(\.text) }
    #expect(differing[0] == ["d_model", "16", "8"] && differing[1] == ["d_ff", "64", "32"])
    let row = try #require(rows.first { $0[0].text == "final validation loss (nats/token)" })
    #expect(row[1...3].map(\.text) == ["1.71 ± 0.19 (3)", "2.25 ± 0.25 (3)", "+0.54 [+0.36, +0.72]"])
    #expect(row[4...].map { $0.value?.number.map { Float($0) } } == [0.362_389_48, 0.720_943_87, 3])
  }

  @Test("Of several configurations a side is the best, and that is said")
  func best() throws {
    let comparison = try compare(results(runs), "d_model=8", "d_model = 16")
    #expect(comparison.b.result.settings["lr"] == 0.1 && comparison.b.count == 2)
    #expect(
      comparison.sentence.hasSuffix(
        "d_model = 16 is there at the best of its 2 configurations: d_model 16, lr 0.1."))
  }

  @Test("What the interval leaves open is not told apart, nor what a single seed shows; the words are never noise")
  func untold() throws {
    let wide = try compare(results(runs), "lr=0.2", "d_model=8")
    #expect(
      wide.sentence
        == "lr=0.2 and d_model=8 are not told apart: d_model=8 is lower by 0.2 [−3.8, 4.2] nats per token (95 % interval, over 2 "
        + "pairs of runs with the same seed).")
    let one = try compare(results([runs[0], runs[3]]), "d_model=8", "d_model=16")
    #expect(
      one.sentence.hasPrefix(
        "d_model=8 and d_model=16 are not told apart: d_model=16 is lower by 0.50 nats per token, but one seed says nothing"
      ))
    let none = try compare(
      results([run(dModel: 8, lr: 1, loss: nil), run(dModel: 16, lr: 1, loss: 2)]), "d_model=8", "d_model=16")
    #expect(none.sentence == "Nothing to compare: d_model=8 has no result (1 diverged).")
    for comparison in [wide, one, none] { #expect(!comparison.table.caption.contains("noise")) }
  }

  @Test("Two sides with the same results are the same, and no sign stands before a zero")
  func same() throws {
    let comparison = try compare(
      results([8, 16].flatMap { width in [0, 1].map { run(dModel: width, lr: 1, seed: $0, loss: 2 + Double($0)) } }),
      "d_model=8", "d_model=16")
    #expect(
      comparison.sentence
        == "d_model=8 and d_model=16 have the same final validation loss with each of the 2 seeds that both have.")
    #expect(comparison.table.rows.contains { $0[3].text == "0.0000 [0.0000, 0.0000]" })
  }

  @Test("A side whose seeds diverged in part is said to be flattered")
  func flattered() throws {
    let comparison = try compare(
      results(runs + [run(dModel: 8, lr: 0.1, seed: 3, loss: nil)]), "d_model=8", "lr=0.2")
    #expect(comparison.sentence.hasSuffix("Runs of d_model=8 that diverged or were stopped are left out of its mean."))
  }

  @Test("Sides are runs by their numbers, or conditions with commas or and between them")
  func sides() throws {
    #expect(try ComparedSide("12") == .run(12))
    #expect(try ComparedSide("run:12") == .run(12))
    guard case .configurations(let filter, "lr=0.1,optimizer='a,b'") = try ComparedSide("lr=0.1,optimizer='a,b'") else {
      Issue.record("no conditions")
      return
    }
    let spelled = try TableFilter("lr = 0.1 and optimizer = 'a,b'")
    #expect(filter == spelled)
    // Elsewhere a comma is part of a word.
    #expect(try TableFilter("corpus=a,b").conditions.map(\.value) == ["a,b"])
    for (text, reason) in [
      ("adam", "expected one of = != < <= > >= at its end"), ("lr=1,", "expected a column at its end"),
      ("run:x", "expected one of = != < <= > >= at its end"),
    ] {
      #expect(throws: TableError.badSide(text, reason)) { try ComparedSide(text) }
    }
  }

  @Test("A configuration on both sides is refused")
  func overlap() {
    #expect(throws: TableError.badSide("lr=0.1", "d_model 8, lr 0.1 is on both sides; name more keys")) {
      try compare(results(runs), "d_model=8", "lr=0.1")
    }
  }
}
