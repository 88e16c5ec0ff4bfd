import Answers
import SampleResults
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct RunComparisonTests {
  @Test("What differs between two runs, in configuration and result; what is the same is left out")
  func difference() {
    var (a, b) = (
      run(dModel: 32, lr: 0.01, loss: 2.5), run(dModel: 64, lr: 0.01, seed: 3, loss: 2.25, extra: ["t": "x"])
    )
    (a.id, b.id) = (4, 7)
    (a.provenance.host, b.provenance.host) = ("here", "there")
    #expect(
      TableFormat.terminal.lines([Table.comparison(of: a, and: b)]).joined(separator: "\n") == """
        run 4 and run 7
        losses in nats per token; what isn't listed is the same

                             run 4  run 7  difference
        d_ff                 128    256          +128
        d_model              32     64            +32
        t                    –      x               –
        seed                 0      3              +3
        parameters           32000  64000      +32000
        final_loss           2.5    2.25        -0.25
        best_loss            2.375  2.125       -0.25
        final_bits_per_byte  3.75   3.375      -0.375
        host                 here   there           –
        """)
  }
}
