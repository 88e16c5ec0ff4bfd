/// A `tabular` under the package booktabs, for any LaTeX.
enum LaTeXTable {
  static func lines(_ table: Table) -> [String] {
    let alignment = table.columns.indices.map { table.isNumeric($0) ? "r" : "l" }.joined()
    let rows = table.rows.map { row in row.map { $0.isBest ? "\\textbf{\(escaped($0.text))}" : escaped($0.text) } }
    return ["% \(escaped(table.title)): needs \\usepackage{booktabs}", "\\begin{tabular}{\(alignment)}", "\\toprule"]
      + [line(table.columns.map { escaped($0.title) }), "\\midrule"] + rows.map(line)
      + ["\\bottomrule", "\\end{tabular}"]
  }

  private static func line(_ cells: [String]) -> String { cells.joined(separator: " & ") + " \\\\" }

  /// The text with every character that LaTeX would act on made plain. What its usual fonts don't have is named by its
  /// number, since one such character stops the whole document.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "{", "}", "$", "&", "#", "_", "%": "\\\(scalar)"
      // Between brackets, so that they form no ligature and no optional argument.
      case "<": "\\textless{}"
      case ">": "\\textgreater{}"
      case "|": "\\textbar{}"
      // The straight quote of the usual encoding stands in the typewriter font alone.
      case "\"": "\\texttt{\"}"
      case "'", "`", "-", "[", "]", "*": "{\(scalar)}"
      case "±": "$\\pm$"
      case "–": "--"
      case "…": "\\dots{}"
      case " "..."~": "\(scalar)"
      case "À"..."ÿ" where !"ÐðÞþ×÷".unicodeScalars.contains(scalar): "\(scalar)"
      case _ where scalar.properties.isWhitespace || scalar.properties.generalCategory == .control: " "
      default: "[U+" + String(scalar.value, radix: 16, uppercase: true) + "]"
      }
    }.joined()
  }
}
