import Terminal
import Words

/// Aligned columns, the header underlined and the best in bold where the terminal can do that.
enum TerminalTable {
  /// Least width of a column of words that is shortened.
  private static let leastWords = 12

  /// - Parameter width: The terminal's columns. What is wider leaves out columns, the least important first and of equals the
  ///   last, and says so in a line of its own; words are shortened at the very last. Nil: there is room for everything.
  static func lines(
    _ table: Table, width: Int? = nil, styled: (_ text: String, _ code: String) -> String = { text, _ in text }
  ) -> [String] {
    let (shown, left) = width.map { fitting(table, $0) } ?? (table, [])
    var text = TextTable(shown.columns.map(\.title))
    for row in shown.rows { text.add(row.map(\.text)) }
    let lines = text.lines { cell, row, column in shown.rows[row][column].isBest ? styled(cell, "1") : cell }
    let note = left.isEmpty ? [] : "No room for: \(left.joined(separator: ", ")).".wrapped(to: width ?? 100)
    return lines.enumerated().map { $0.offset == 0 ? styled($0.element, "4") : $0.element } + note
  }

  /// The table without the columns that have no room, and the titles of these.
  private static func fitting(_ table: Table, _ width: Int) -> (Table, left: [String]) {
    var shown = table
    var left: [String] = []
    func widths() -> [Int] {
      shown.columns.indices.map { column in
        ([shown.columns[column].title] + shown.rows.map { $0[column].text.visible() }).map(\.displayWidth).max() ?? 0
      }
    }
    func excess() -> Int { widths().reduce(2 * (shown.columns.count - 1) - width, +) }
    func drop(below importance: Int) {
      while shown.columns.count > 1, excess() > 0 {
        // A column whose cells are all the same tells least.
        let ranked = shown.columns.indices.filter { shown.columns[$0].importance < importance }.map { column in
          (shown.rows.count > 1 && !shown.varies(column) ? 0 : 1, shown.columns[column].importance, -column)
        }
        guard let place = ranked.min(by: <).map({ -$0.2 }) else { return }
        left.append(shown.columns[place].title)
        shown.columns.remove(at: place)
        for row in shown.rows.indices { shown.rows[row].remove(at: place) }
      }
    }
    drop(below: 8)
    // Then long words are shortened, as far as that leaves them different, and then columns go whatever they hold.
    for column in shown.columns.indices where excess() > 0 && !shown.isNumeric(column) {
      let limit = max(leastWords, widths()[column] - excess())
      let texts = Labels.shortened(shown.rows.map { $0[column].text.visible() }, to: limit)
      for (row, text) in texts.enumerated() { shown.rows[row][column].text = text }
    }
    drop(below: .max)
    return (shown, left)
  }
}
