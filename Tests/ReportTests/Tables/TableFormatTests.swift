import Answers
import SampleResults
import Store
import Terminal
import Testing

@testable import Report

/// Every format of a table whose texts try to be more than text.
@Suite(.timeLimit(.minutes(10)))
struct TableFormatTests {
  private static let hostile = #"a|b *c* `d` $(e) <f> & "g" \h {i} 10% #_~^ ø🦊"#
  private static let table = Table(
    title: hostile, caption: "loss: mean ± sd",
    columns: [
      Table.Column(name: "rank", title: "#", importance: 9),
      Table.Column(name: "experiment", title: "experiment", audience: .programs),
      Table.Column(name: "corpus", title: "corpus", importance: 6),
      Table.Column(name: "lr", title: "lr", importance: 8),
      Table.Column(name: "heads", title: "heads", isMain: false),
      Table.Column(name: "mean_final_loss", title: "loss (nats/token)", importance: 10),
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
    let escaped =
      ##"a\textbar{}b {*}c{*} {`}d{`} \$(e) \textless{}f\textgreater{} \& \texttt{"}g\texttt{"} \textbackslash{}h \{i\} 10\% \#\_\textasciitilde{}\textasciicircum{} ø[U+1F98A]"##
    #expect(
      text(.latex)
        == ##"""
        % \##(escaped): needs \usepackage{booktabs,graphicx}
        % mean and standard deviation over 3 seeds
        % no room in a column: runs, corpus (--columns chooses)
        \begingroup
        \setlength{\tabcolsep}{4pt}
        \noindent
        \begin{tabular}{@{}rrr@{}}
        \toprule
        \# & lr & loss (nats/token) \\
        \midrule
        1 & 0.0003162 & \textbf{2.123 $\pm$ 0.045} \\
        -- & 1 & -- \\
        \bottomrule
        \end{tabular}
        \endgroup
        """##.replacing(",graphicx", with: ""))
    let chosen = LaTeXTable(keepsColumns: true).lines(Self.table.forPeople).joined(separator: "\n")
    #expect(chosen.contains("\n1 & \(escaped) & 0.0003162 & "))
    #expect(chosen.contains("\\noindent\\resizebox{\\ifdim\\width>\\columnwidth"))
    #expect(chosen.contains("needs \\usepackage{booktabs,graphicx}"))
  }

  @Test("LaTeX for siunitx aligns numbers with their uncertainties, and floats with a caption and a label")
  func siunitx() {
    let paper = LaTeXTable(caption: "100 % of d_model", label: "tab:x", usesSIUnitx: true)
    #expect(
      paper.lines(Self.table.forPeople).joined(separator: "\n") == ##"""
        % \##(LaTeXTable.escaped(Self.hostile)): needs \usepackage{booktabs,siunitx}
        % mean and standard deviation over 3 seeds
        % no room in a column: runs, corpus (--columns chooses)
        \begin{table}
        \centering
        \caption{100 \% of d\_model}
        \label{tab:x}
        \setlength{\tabcolsep}{4pt}
        \begin{tabular}{@{}S[table-format=1,group-minimum-digits=9]S[table-format=1.7,group-minimum-digits=9]S[table-format=1.3(2),group-minimum-digits=9,separate-uncertainty,detect-weight]@{}}
        \toprule
        {\#} & {lr} & {loss (nats/token)} \\
        \midrule
        1 & 0.0003162 & \bfseries 2.123 +- 0.045 \\
        {--} & 1 & {--} \\
        \bottomrule
        \end{tabular}
        \end{table}
        """##)
  }

  @Test("Numbers of seeds that differ get a column of their own in LaTeX")
  func seeds() {
    var table = Self.table
    table.rows.append(Self.row(2, "c", 1, 3, "3.00 ± 0.10 (2)", "2 finished"))
    let lines = LaTeXTable().lines(table.forPeople)
    #expect(lines.contains { $0.hasSuffix("& loss (nats/token) & seeds \\\\") })
    #expect(lines.contains { $0.hasSuffix("\\textbf{3.00 $\\pm$ 0.10} & 2 \\\\") })
    #expect(!lines.contains { $0.contains("over 3 seeds") })
  }

  @Test("A narrow terminal has the important columns, never a line that is wider, and a word of what is left out")
  func narrow() {
    let table = Table.comparison(results(sampleRuns)).forPeople
    for width in [200, 80, 60, 45, 30, 20, 12] {
      let lines = TerminalTable.lines(table, width: width)
      #expect(lines.allSatisfy { $0.displayWidth <= max(width, 18) }, "\(width): \(lines)")
      #expect(lines[0].contains("loss (nats/token)"))
      #expect(lines[1].contains("2.12 ± 0.18 (2)"))
      #expect(lines.count { $0.contains("±") } == 5)
    }
    #expect(TerminalTable.lines(table, width: 200) == TerminalTable.lines(table))
    let narrow = TerminalTable.lines(table, width: 45)
    #expect(narrow[0] == "#  d_model     lr  loss (nats/token)")
    #expect(narrow[7...].joined(separator: " ") == "No room for: tokens/s, bits/byte, best, parameters, runs.")
  }

  @Test("On a narrow terminal long words are shortened, never where they differ")
  func narrowWords() {
    let runs = ["spring", "summer"].map { season in
      var run = run(dModel: 8, lr: 0.1, loss: 2, extra: ["corpus_sha256": .text(season)])
      run.facts.corpus = "letters-of-\(season)-evenings-in-the-country.txt"
      return run
    }
    let experiment = results(runs, axes: ["corpus_sha256"])
    var table = Table.comparison(experiment).forPeople
    table.rows[0][1] = Table.Cell(value: .text("a"), text: "letters-of-spring-evenings-in-the-country.txt")
    table.rows[1][1] = Table.Cell(value: .text("b"), text: "letters-of-summer-evenings-in-the-country.txt")
    let lines = TerminalTable.lines(table, width: 50)
    #expect(lines.allSatisfy { $0.displayWidth <= 50 })
    #expect(Set(lines[1...2].map { $0.prefix(25) }).count == 2)
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
    let labels = TableFormat.latex.lines(tables, paper: LaTeXTable(label: "tab:x")).filter { $0.hasPrefix("\\label") }
    #expect(labels == ["\\label{tab:x}", "\\label{tab:x-2}"])
    let csv = TableFormat.csv.lines(tables)
    #expect(csv[0] == "rank,experiment,corpus,lr,heads,mean_final_loss,momentum")
    #expect(csv[2] == ",e,\"a\nb\",1,4,,")
    #expect(csv[4] == ",e,\"a\nb\",,4,,1")
  }
}
