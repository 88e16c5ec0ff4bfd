import Answers
import SampleResults
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct ComparisonTableTests {
  @Test("Markdown is as promised")
  func markdown() {
    #expect(
      MarkdownTable.lines(Table.comparison(results(sampleRuns)).forPeople).joined(separator: "\n") == ##"""
        | \# | d\_model | lr | parameters | loss (nats/token) | best | bits/byte | tokens/s | runs |
        | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
        | 1 | 128 | 0.001 | 128 k | **2.12 ± 0.18 (2)** | 2.00 | 3.19 | 50.0 k | 2 finished |
        | 2 | 32 | 0.01 | 32.0 k | 2.38 ± 0.18 (2) | 2.25 | 3.56 | 50.0 k | 2 finished |
        | 3 | 128 | 0.01 | 128 k | 2.50 ± 0.18 (2) | 2.38 | 3.75 | 50.0 k | 2 finished |
        | 4 | 32 | 0.001 | 32.0 k | 2.62 ± 0.18 (2) | 2.50 | 3.94 | 50.0 k | 2 finished |
        | 5 | 32 | 0.1 | 32.0 k | 3.25 ± 0.35 (2) | 3.12 | 4.88 | 50.0 k | 2 finished |
        | 6 | 128 | 0.1 | 128 k | 1.5000 (1) | 1.3750 | 2.2500 | 50.0 k | 1 finished, 1 diverged |
        """##)
  }

  @Test("For programs there is every key and every number, by the names of the view seed_summary")
  func csv() {
    let runs = [run(dModel: 32, lr: 0.000316227766017, loss: 2.123_456_789), run(dModel: 32, lr: 1, loss: nil)]
    #expect(
      CSVTable.lines(Table.comparison(results(runs)).forPrograms).joined(separator: "\n") == """
        rank,experiment,lr,batch_size,context_length,corpus,d_ff,d_model,heads,layers,optimizer,schedule,steps,tokenizer,\
        warmup_steps,parameters,training_flops,decay_timescale,mean_final_loss,sd_final_loss,\
        min_final_loss,max_final_loss,mean_standard_error,mean_best_loss,mean_final_bits_per_byte,mean_tokens_per_second,mean_seconds,runs,\
        queued,running,finished,diverged,failed,interrupted
        1,widths,0.000316227766017,8,64,stories,128,32,4,2,adamw,cosine,4,char,0,32000,1000000000,,2.123456789,,2.123456789,2.123456789,,1.998456789,\
        3.1851851835,50000,,1,0,0,1,0,0,0
        ,widths,1,8,64,stories,128,32,4,2,adamw,cosine,4,char,0,32000,1000000000,,,,,,,,,,,1,0,0,0,1,0,0
        """)
  }

  @Test("What the configurations are ranked by comes first of the losses, with its spread and its unit")
  func measures() throws {
    let stored = results(sampleRuns)
    func table(_ measure: Measure) -> Table {
      Table.comparison(
        ExperimentResults(stored.experiment, grid: grid(sampleRuns, ["d_model", "lr"]), measure: measure))
    }
    #expect(
      Array(table(.bitsPerByte).forPeople.columns.map(\.title)[4...6])
        == ["loss (bits/byte)", "final (nats/token)", "best"])
    #expect(
      table(.bitsPerByte).forPeople.rows[0].map(\.text)
        == ["1", "128", "0.001", "128 k", "3.19 ± 0.27 (2)", "2.12", "2.00", "50.0 k", "2 finished"])
    #expect(table(.best).caption.hasPrefix("loss: lowest validation loss, mean"))
    #expect(table(.best).forPeople.rows[0][4] == Table.Cell(value: .number(2), text: "2.00 ± 0.18 (2)", isBest: true))
    // Programs find every number by its one name.
    let names = Measure.all.map { Set(table($0).forPrograms.columns.map(\.name)) }
    #expect(names[0] == names[1] && names[1] == names[2])
  }

  @Test("A mean that a diverged seed flatters is never the best while there is another, and so it is in a pivot")
  func flattered() throws {
    let runs = [
      run(dModel: 8, lr: 0.1, seed: 0, loss: 1), run(dModel: 8, lr: 0.1, seed: 1, loss: nil),
      run(dModel: 16, lr: 0.1, loss: 2), run(dModel: 32, lr: 0.1, loss: 2),
    ]
    let bold = Table.comparison(results(runs)).rows.map { row in row.contains { $0.isBest } }
    #expect(bold == [true, true, false])
    let pivot = try Table.pivot(results(runs), rows: "d_model", columns: "optimizer")
    #expect(pivot.rows.map { $0[1].isBest } == [false, true, true])
    let alone = Table.comparison(results(Array(runs.prefix(2)))).rows[0].contains { $0.isBest }
    #expect(alone)
  }

  @Test("Every run has a row, in the order of its configuration, with all that is known of it")
  func runs() throws {
    let (_, results) = try stored(Array(sampleRuns.suffix(4)))
    let table = Table.runs(results)
    #expect(table.forPrograms.rows.count == 4)
    let csv = CSVTable.lines(table.forPrograms)
    let names = csv[0].split(separator: ",").map(String.init)
    #expect(Array(names.prefix(4)) == ["rank", "experiment", "run_id", "lr"])
    #expect(
      names.suffix(17).joined(separator: ",")
        == "warmup_steps,seed,state,final_loss,best_loss,final_bits_per_byte,final_standard_error,train_loss,best_step,steps_done,"
        + "tokens_per_second,seconds,cpu_seconds,threads,parameters,training_flops,state_reason")
    #expect(
      csv[1].hasPrefix("1,widths,1,0.01,") && csv[1].contains(",0,finished,2.375,2.375,3.5625,"))
    #expect(csv[4].contains(",1,diverged,,"))
    #expect(table.forPeople.columns.map(\.title).contains("seed"))
  }

  @Test("There is a column for stopped runs where there is one")
  func stopped() {
    var runs = [run(dModel: 32, lr: 0.1, loss: 2), run(dModel: 32, lr: 1, loss: nil)]
    func names() -> [String] { Table.comparison(results(runs)).forPrograms.columns.map(\.name) }
    #expect(!names().contains("stopped"))
    runs[1].outcome.state = .stopped
    #expect(names().last == "stopped")
    #expect(Table.comparison(results(runs)).rows.map { $0.last?.text } == ["1 finished", "1 stopped"])
  }

  @Test("Text in Markdown has no effect but to be shown")
  func markdownEscapes() {
    #expect(
      MarkdownTable.escaped("a|b *c* _d_ `e` <f> & [g](h) #i\nj")
        == ##"a\|b \*c\* \_d\_ \`e\` &lt;f&gt; &amp; \[g\](h) \#i j"##)
  }

  @Test("The terminal shows question, counts, floor, table and best learning rates")
  func terminal() throws {
    let (database, results) = try stored(Array(sampleRuns.prefix(6)))
    let lines = TerminalReport(report: try ExperimentReport(results, database)).lines(width: nil) { text, _ in text }
    #expect(
      lines.joined(separator: "\n") == """
        widths
        How wide?
        6 runs: 6 finished; 3 configurations, 2 seeds
        floor of stories in char tokens: 0.2500 nats per token, 0.3750 bits per byte
        loss: final validation loss, mean ± standard deviation over the finished seeds (their number); best: its lowest

        #     lr  parameters  loss (nats/token)  best  bits/byte  tokens/s        runs
        1   0.01      32.0 k    2.38 ± 0.18 (2)  2.38       3.56       512  2 finished
        2  0.001      32.0 k    2.62 ± 0.18 (2)  2.62       3.94       512  2 finished
        3    0.1      32.0 k    3.25 ± 0.35 (2)  3.25       4.88       512  2 finished

        lr 0.01 has the lowest final validation loss: 2.38 ± 0.18 (2) nats per token.
        lr: 0.01 has the lowest loss; better than 0.1 by 0.88 [0.33, 1.42] nats per token; not told apart
        from 0.001: 0.25 [−0.29, 0.79]; about 13 more seeds would tell a difference of 0.2.
        Best learning rate (in brackets: the rates not told apart from it): 0.01 [0.001 to 0.01].
        The same for all: d_model 32; what the spec is silent about is as by default.
        Brackets after a difference hold the true one at 95 %, for all values of an axis at once: 2 seeds a
        configuration, seeds as blocks, variances moderated (Smyth 2004).
        To run next, to tell a difference of 0.2 in lr: {"seeds": 15} in the spec.
        """)
  }
}
