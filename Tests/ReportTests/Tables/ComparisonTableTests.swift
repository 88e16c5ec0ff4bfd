import Testing

@testable import Report

struct ComparisonTableTests {
  @Test("Markdown is as promised")
  func markdown() {
    #expect(
      Markdown.lines(ComparisonTable(results(sampleRuns))).joined(separator: "\n") == ##"""
        | \# | d\_model | lr | parameters | loss (nats/token) | best | bits/byte | tokens/s | runs |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        | 1 | 128 | 0.1 | 128 k | 1.5000 (1) | 1.3750 | 2.2500 | 50.0 k | 1 finished, 1 diverged |
        | 2 | 128 | 0.001 | 128 k | 2.12 ± 0.18 (2) | 2.0000 | 3.1875 | 50.0 k | 2 finished |
        | 3 | 32 | 0.01 | 32.0 k | 2.38 ± 0.18 (2) | 2.2500 | 3.5625 | 50.0 k | 2 finished |
        | 4 | 128 | 0.01 | 128 k | 2.50 ± 0.18 (2) | 2.3750 | 3.7500 | 50.0 k | 2 finished |
        | 5 | 32 | 0.001 | 32.0 k | 2.62 ± 0.18 (2) | 2.5000 | 3.9375 | 50.0 k | 2 finished |
        | 6 | 32 | 0.1 | 32.0 k | 3.25 ± 0.35 (2) | 3.1250 | 4.8750 | 50.0 k | 2 finished |
        """##)
  }

  @Test("CSV is as promised, every number in full and what isn't there empty")
  func csv() {
    let runs = [run(dModel: 32, lr: 0.000316227766017, loss: 2.123_456_789), run(dModel: 32, lr: 1, loss: nil)]
    #expect(
      CSV.lines(ComparisonTable(exact: results(runs))).joined(separator: "\n") == """
        rank,lr,parameters,training_flops,runs,finished,diverged,failed,final_loss_mean,final_loss_sd,final_loss_min,\
        final_loss_max,best_loss_mean,final_bits_per_byte_mean,tokens_per_second_mean
        1,0.000316227766017,32000,1000000000.0,1,1,0,0,2.123456789,,2.123456789,2.123456789,1.998456789,\
        3.1851851835,50000.0
        ,1,32000,1000000000.0,1,0,1,0,,,,,,,
        """)
  }

  @Test("Cells of CSV are quoted where they must be")
  func csvQuotes() {
    let runs = [#"a,\"b\"\nc"#, "plain"].map { run(dModel: 8, lr: 1, loss: 1, extra: #","t":"\#($0)""#) }
    let lines = CSV.lines(ComparisonTable(exact: results(runs, spec: #"{"t": 0}"#)))
    #expect(lines[1].hasPrefix("1,\"a,\"\"b\"\"\nc\",8000,"))
    #expect(lines[2].hasPrefix("2,plain,8000,"))
  }

  @Test("Text in Markdown has no effect but to be shown")
  func markdownEscapes() {
    #expect(
      Markdown.escaped("a|b *c* _d_ `e` <f> & [g](h) #i\nj")
        == ##"a\|b \*c\* \_d\_ \`e\` &lt;f&gt; &amp; \[g\](h) \#i j"##)
  }

  @Test("The terminal shows question, counts, floor, table and best learning rates")
  func terminal() {
    let lines = TerminalReport(results: results(Array(sampleRuns.prefix(6)))).lines(width: nil) { text, _ in text }
    #expect(
      lines.joined(separator: "\n") == """
        widths
        How wide?
        6 runs: 6 finished; 3 configurations, 2 seeds
        floor of stories in char tokens: 0.2500 nats per token, 0.3750 bits per byte
        loss: final validation loss, mean ± standard deviation over the finished seeds (their number); best: its lowest

        #     lr  parameters  loss (nats/token)    best  bits/byte  tokens/s        runs
        1   0.01      32.0 k    2.38 ± 0.18 (2)  2.2500     3.5625    50.0 k  2 finished
        2  0.001      32.0 k    2.62 ± 0.18 (2)  2.5000     3.9375    50.0 k  2 finished
        3    0.1      32.0 k    3.25 ± 0.35 (2)  3.1250     4.8750    50.0 k  2 finished

        best lr 0.01, validation loss 2.38 ± 0.18 (2)
        """)
  }
}
