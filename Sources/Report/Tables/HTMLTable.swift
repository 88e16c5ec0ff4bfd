/// A `table` element on its own.
///
/// Numbers carry the class `number` and every value its full precision in `data-value`, by which a page sorts.
struct HTMLTable {
  struct Column {
    /// What conditions call it; nil where nobody asks.
    let name: String?
    let title: String
    /// Classes: `number`, and `extra` for what a page hides until it is asked for.
    let css: String?
  }

  struct Cell {
    let css: String?
    let exact: String?
    let text: String
    let isBest: Bool
  }

  struct Row { let cells: [Cell] }

  let title: String
  let columns: [Column]
  let rows: [Row]

  /// `isExtra` says of each column whether a page hides it, and `hasNames` whether a page asks for columns by their names.
  init(_ table: Table, hasNames: Bool = false, isExtra: (Int) -> Bool = { _ in false }) {
    let classes = table.columns.indices.map { column in
      let names = [table.isNumeric(column) ? "number" : nil, isExtra(column) ? "extra" : nil].compactMap(\.self)
      return names.isEmpty ? nil : names.joined(separator: " ")
    }
    title = table.title
    columns = zip(table.columns, classes).map { Column(name: hasNames ? $0.name : nil, title: $0.title, css: $1) }
    rows = table.rows.map { row in
      Row(
        cells: zip(row, classes).map { cell, css in
          let exact = css?.hasPrefix("number") == true ? cell.value?.exact : nil
          return Cell(css: css, exact: exact, text: cell.text, isBest: cell.isBest)
        })
    }
  }

  /// The table's lines.
  static func lines(_ table: Table) -> [String] {
    Template.render("table", HTMLTable(table)).split(separator: "\n").map(String.init)
  }
}
