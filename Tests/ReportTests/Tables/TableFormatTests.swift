import Answers
import SampleResults
import Store
import Testing

@testable import Report

/// Every format of a table whose texts try to be more than text.
@Suite(.timeLimit(.minutes(10)))
struct TableFormatTests {
  private static let hostile = #"a|b *c* `d` $(e) <f> & "g" \h {i} 10% #_~^ ø🦊"#
  private static let table = Table(
    title: hostile, caption: "loss: mean ± sd",
    columns: [
      Table.Column(name: "rank", title: "#"),
      Table.Column(name: "experiment", title: "experiment", audience: .programs),
      Table.Column(name: "corpus", title: "corpus"), Table.Column(name: "lr", title: "lr"),
      Table.Column(name: "heads", title: "heads", isMain: false),
      Table.Column(name: "mean_final_loss", title: "loss (nats/token)"),
      Table.Column(name: "states", title: "runs", audience: .people),
    ],
    rows: [
      row(1, hostile, 0.000316227766017, 2.123_456_789, "2.123 ± 0.045 (3)", "3 finished"),
      row(nil, "a\nb", 1, nil, "–", "3 diverged"),
    ])

  private static func row(
    _ rank: Double?, _ corpus: String, _ lr: Double, _ loss: Double?, _ text: String, _ states: String
  ) -> [Table.Cell] {
    [
      .number(rank), Table.Cell(value: .text("e"), text: "e"), Table.Cell(value: .text(corpus), text: corpus),
      .number(lr), .number(4), Table.Cell(value: loss.map(Scalar.number), text: text, isBest: loss != nil),
      Table.Cell(value: .text(states), text: states),
    ]
  }

  private func text(_ format: TableFormat) -> String { format.lines([Self.table]).joined(separator: "\n") }

  @Test("The terminal has aligned columns, one line for each row")
  func terminal() {
    #expect(
      text(.terminal) == #"""
        a|b *c* `d` $(e) <f> & "g" \h {i} 10% #_~^ ø🦊
        loss: mean ± sd

        #  corpus                                                 lr  loss (nats/token)        runs
        1  a|b *c* `d` $(e) <f> & "g" \h {i} 10% #_~^ ø🦊  0.0003162  2.123 ± 0.045 (3)  3 finished
        –  a b                                                     1                  –  3 diverged
        """#)
    let styled = TableFormat.terminal.lines([Self.table]) { text, code in "[\(code):\(text)]" }
    #expect(styled[4].contains("  [1:2.123 ± 0.045 (3)]  3 finished"))
  }

  @Test("Markdown shows every text as it is")
  func markdown() {
    #expect(
      text(.markdown) == ##"""
        ## a\|b \*c\* \`d\` \$(e) &lt;f&gt; &amp; "g" \\h {i} 10% \#\_\~^ ø🦊

        loss: mean ± sd

        | \# | corpus | lr | loss (nats/token) | runs |
        | ---: | --- | ---: | ---: | --- |
        | 1 | a\|b \*c\* \`d\` \$(e) &lt;f&gt; &amp; "g" \\h {i} 10% \#\_\~^ ø🦊 | 0.0003162 | **2.123 ± 0.045 (3)** | 3 finished |
        | – | a b | 1 | – | 3 diverged |
        """##)
  }

  @Test("CSV has every number in full, what isn't there empty, and quotes what needs it")
  func csv() {
    #expect(
      text(.csv) == #"""
        rank,experiment,corpus,lr,heads,mean_final_loss
        1,e,"a|b *c* `d` $(e) <f> & ""g"" \h {i} 10% #_~^ ø🦊",0.000316227766017,4,2.123456789
        ,e,"a
        b",1,4,
        """#)
  }

  @Test("JSON has every number in full and null for what isn't there")
  func json() {
    #expect(
      text(.json) == #"""
        [
          {"rank": 1, "experiment": "e", "corpus": "a|b *c* `d` $(e) <f> & \"g\" \\h {i} 10% #_~^ ø🦊", "lr": 0.000316227766017, "heads": 4, "mean_final_loss": 2.123456789},
          {"rank": null, "experiment": "e", "corpus": "a\nb", "lr": 1, "heads": 4, "mean_final_loss": null}
        ]
        """#)
  }

  @Test("LaTeX has every text as it is and names what its fonts don't have")
  func latex() {
    #expect(
      text(.latex) == ##"""
        % a\textbar{}b {*}c{*} {`}d{`} \$(e) \textless{}f\textgreater{} \& \texttt{"}g\texttt{"} \textbackslash{}h \{i\} 10\% \#\_\textasciitilde{}\textasciicircum{} ø[U+1F98A]: needs \usepackage{booktabs}
        \begin{tabular}{rlrrl}
        \toprule
        \# & corpus & lr & loss (nats/token) & runs \\
        \midrule
        1 & a\textbar{}b {*}c{*} {`}d{`} \$(e) \textless{}f\textgreater{} \& \texttt{"}g\texttt{"} \textbackslash{}h \{i\} 10\% \#\_\textasciitilde{}\textasciicircum{} ø[U+1F98A] & 0.0003162 & \textbf{2.123 $\pm$ 0.045 (3)} & 3 finished \\
        -- & a b & 1 & -- & 3 diverged \\
        \bottomrule
        \end{tabular}
        """##)
  }

  @Test("HTML has every text as it is and every number's full precision for sorting")
  func html() {
    let escaped = "a|b *c* `d` $(e) &lt;f&gt; &amp; &quot;g&quot; \\h {i} 10% #_~^ ø🦊"
    #expect(
      text(.html) == """
        <table>
        <caption>\(escaped)</caption>
        <thead>
        <tr><th scope="col" class="number">#</th><th scope="col">corpus</th><th scope="col" class="number">lr</th>\
        <th scope="col" class="number">loss (nats/token)</th>\
        <th scope="col">runs</th></tr>
        </thead>
        <tbody>
        <tr><td class="number" data-value="1">1</td><td>\(escaped)</td><td class="number" \
        data-value="0.000316227766017">0.0003162</td><td class="number" data-value="2.123456789"><strong>\
        2.123 ± 0.045 (3)</strong></td><td>3 finished</td></tr>
        <tr><td class="number">–</td><td>a\nb</td><td class="number" data-value="1">1</td><td class="number">–</td>\
        <td>3 diverged</td></tr>
        </tbody>
        </table>
        """)
  }

  @Test("Several experiments are several tables for people and a single one for programs")
  func several() {
    var other = Self.table
    other.columns[3] = Table.Column(name: "momentum", title: "momentum")
    let tables = [Self.table, other]
    #expect(TableFormat.markdown.lines(tables).count { $0.hasPrefix("## ") } == 2)
    let csv = TableFormat.csv.lines(tables)
    #expect(csv[0] == "rank,experiment,corpus,lr,heads,mean_final_loss,momentum")
    #expect(csv[2] == ",e,\"a\nb\",1,4,,")
    #expect(csv[4] == ",e,\"a\nb\",,4,,1")
  }
}
