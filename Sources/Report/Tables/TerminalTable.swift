import Terminal

/// Aligned columns, the header underlined and the best in bold where the terminal can do that.
enum TerminalTable {
  static func lines(_ table: Table, styled: (_ text: String, _ code: String) -> String = { text, _ in text })
    -> [String]
  {
    var text = TextTable(table.columns.map(\.title))
    for row in table.rows { text.add(row.map(\.text)) }
    let lines = text.lines { cell, row, column in table.rows[row][column].isBest ? styled(cell, "1") : cell }
    return lines.enumerated().map { $0.offset == 0 ? styled($0.element, "4") : $0.element }
  }
}
