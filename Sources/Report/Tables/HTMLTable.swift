/// A `table` element on its own.
///
/// Numbers carry the class `number` and every value its full precision in `data-value`, by which a page sorts.
struct HTMLTable {
  struct Column {
    let title: String
    /// Whether a page hides it until it is asked for.
    let isExtra: Bool
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

  /// `isExtra` says of each column whether a page hides it.
  init(_ table: Table, isExtra: (Int) -> Bool = { _ in false }) {
    let kinds = table.columns.indices.map { (isNumeric: table.isNumeric($0), isExtra: isExtra($0)) }
    title = table.title
    columns = zip(table.columns, kinds).map { Column(title: $0.title, isExtra: $1.isExtra) }
    rows = table.rows.map { row in
      Row(
        cells: zip(row, kinds).map { cell, kind in
          let css = [kind.isNumeric ? "number" : nil, kind.isExtra ? "extra" : nil].compactMap(\.self)
          return Cell(
            css: css.isEmpty ? nil : css.joined(separator: " "),
            exact: kind.isNumeric ? cell.value?.exact : nil, text: cell.text, isBest: cell.isBest)
        })
    }
  }

  /// The table's lines.
  static func lines(_ table: Table) -> [String] {
    Template.render("table", HTMLTable(table)).split(separator: "\n").map(String.init)
  }
}
