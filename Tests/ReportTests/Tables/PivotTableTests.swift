import Answers
import SampleResults
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct PivotTableTests {
  private func text(_ format: TableFormat, _ table: Table) -> String { format.lines([table]).joined(separator: "\n") }

  @Test("A pivot has a row and a column for every value, mean ± sd between them, and the best in bold")
  func pivot() throws {
    let table = try Table.pivot(results(sampleRuns), rows: "d_model", columns: "lr")
    #expect(
      text(.markdown, table) == #"""
        ## widths

        final validation loss (nats/token) by d\_model and lr: mean ± standard deviation over the finished seeds (their number)

        | d\_model \\ lr | 0.001 | 0.01 | 0.1 |
        | ---: | ---: | ---: | ---: |
        | 32 | 2.62 ± 0.18 (2) | 2.38 ± 0.18 (2) | 3.25 ± 0.35 (2) |
        | 128 | **2.12 ± 0.18 (2)** | 2.50 ± 0.18 (2) | 1.5000 (1) |
        """#)
    #expect(
      text(.csv, table) == """
        d_model,lr=0.001,lr=0.001 sd,lr=0.001 seeds,lr=0.01,lr=0.01 sd,lr=0.01 seeds,lr=0.1,lr=0.1 sd,lr=0.1 seeds
        32,2.625,0.1767766952966369,2,2.375,0.1767766952966369,2,3.25,0.3535533905932738,2
        128,2.125,0.1767766952966369,2,2.5,0.1767766952966369,2,1.5,,1
        """)
  }

  @Test("A cell of several configurations shows the best, one without a result its states, and none a dash")
  func cells() throws {
    let runs = [
      run(dModel: 8, lr: 1, loss: 3), run(dModel: 8, lr: 2, loss: 2),
      run(dModel: 8, lr: 1, loss: nil, optimizer: "sgd"), run(dModel: 16, lr: 1, loss: 4),
    ]
    let table = try Table.pivot(
      results(runs, axes: ["d_model", "lr", "optimizer"]), rows: "d_model", columns: "optimizer")
    #expect(
      table.rows.map { $0.map(\.text) }.map { [$0[0], $0[1], $0[4]] } == [
        ["8", "2.0000 (1)", "1 diverged"], ["16", "4.0000 (1)", "–"],
      ])
    #expect(table.caption.hasSuffix("; each cell the best over lr"))
  }

  @Test("A key that isn't there is told with the nearest that is")
  func unknown() {
    let known = [
      "d_model", "lr", "batch_size", "context_length", "corpus", "d_ff", "heads", "layers", "optimizer", "schedule",
      "steps", "tokenizer", "warmup_steps",
    ]
    #expect(throws: TableError.unknownColumn("d_modle", known: known)) {
      try Table.pivot(results(sampleRuns, axes: ["d_model", "lr"]), rows: "d_modle", columns: "lr")
    }
  }
}
