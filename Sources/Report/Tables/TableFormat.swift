import ArgumentParser
import Terminal
import Words

/// What a table can be printed as.
enum TableFormat: String, CaseIterable, ExpressibleByArgument {
  case terminal, markdown, csv, json, latex, html

  /// The tables' lines. CSV and JSON are one table of all that is known; the others, one for each experiment, have what
  /// people want to see.
  ///
  /// - Parameters:
  ///   - width: The terminal's columns; nil where there is none.
  ///   - paper: How LaTeX is set.
  func lines(
    _ tables: [Table], width: Int? = nil, paper: LaTeXTable = LaTeXTable(),
    styled: (_ text: String, _ code: String) -> String = { text, _ in text }
  ) -> [String] {
    func each(_ lines: (Table) -> [String]) -> [String] {
      Array(tables.map { lines($0.forPeople) }.joined(separator: [""]))
    }
    return switch self {
    case .terminal:
      each { table in
        let caption = width.map { table.caption.visible().wrapped(to: $0) } ?? [table.caption.visible()]
        let head = ([styled(table.title.visible(), "1")] + caption).filter { !$0.isEmpty }
        return head + [""] + TerminalTable.lines(table, width: width, styled: styled)
      }
    case .markdown:
      each { table in
        let caption = table.caption.isEmpty ? [] : [MarkdownTable.escaped(table.caption), ""]
        return ["## " + MarkdownTable.escaped(table.title), ""] + caption + MarkdownTable.lines(table)
      }
    case .csv: CSVTable.lines(Table.joined(tables.map(\.forPrograms)))
    case .json: JSONTable.lines(Table.joined(tables.map(\.forPrograms)))
    case .latex:
      // A label names one table.
      Array(
        tables.enumerated().map { place, table in
          var paper = paper
          if place > 0 { paper.label = paper.label.map { "\($0)-\(place + 1)" } }
          return paper.lines(table.forPeople)
        }.joined(separator: [""]))
    case .html: each(HTMLTable.lines)
    }
  }
}
