import Answers
import Store
import Words

/// A table as values, before a format puts it into text.
struct Table: Equatable {
  struct Column: Equatable {
    /// Who finds the column worth reading.
    enum Audience { case people, programs, all }

    /// What programs, `--where` and `--sort` call it: "mean_final_loss".
    let name: String
    /// What people read above it, with its unit: "loss (nats/token)".
    let title: String
    var audience = Audience.all
    /// Whether people see it unasked.
    var isMain = true
    /// Whether it holds a key of the spec, and not what was measured.
    var isKey = false
    /// Which columns stay where there is no room for all: those of the highest numbers.
    var importance = 5
    /// Whether people expect its highest value first, as of a speed.
    var isBestHighest = false
    /// Whether the rows are ranked by it.
    var isRanking = false
  }

  struct Cell: Equatable {
    /// The value at full precision; nil where there is none.
    var value: Scalar?
    /// The value as people read it: rounded, with its spread.
    var text: String
    /// Whether it is the best of its kind, and stands out.
    var isBest = false

    static let empty = Cell(value: nil, text: "–")
  }

  /// What it is about: the experiment's name.
  var title: String
  /// What the cells hold, in a sentence; empty where that is clear.
  var caption: String
  var columns: [Column]
  /// A cell for each column.
  var rows: [[Cell]]

  /// The table that people see unasked.
  var forPeople: Table { keeping { $0.audience != .programs && $0.isMain } }

  /// The table with all that is known, for programs.
  var forPrograms: Table { keeping { $0.audience != .people } }

  /// The table of those columns.
  func keeping(_ isKept: (Column) -> Bool) -> Table {
    let kept = columns.indices.filter { isKept(columns[$0]) }
    var table = self
    table.columns = kept.map { columns[$0] }
    table.rows = rows.map { row in kept.map { row[$0] } }
    return table
  }

  /// The table of those rows.
  func keeping(rows places: [Int]) -> Table {
    var table = self
    table.rows = places.map { rows[$0] }
    return table
  }

  /// Whether the column's cells are numbers or nothing, and not all nothing.
  func isNumeric(_ column: Int) -> Bool {
    let values = rows.compactMap { $0[column].value }
    return !values.isEmpty && values.allSatisfy { $0.number != nil }
  }

  /// Whether the column's cells differ.
  func varies(_ column: Int) -> Bool { Set(rows.map { $0[column].text }).count > 1 }

  /// The column of that name or, in part or whole, that title; nil where there is none.
  func index(of name: String) -> Int? {
    columns.firstIndex { $0.name == name }
      ?? columns.firstIndex { $0.title == name || $0.title.hasPrefix(name + " (") }
  }

  /// One table of all columns and rows, for programs that want a single one.
  static func joined(_ tables: [Table]) -> Table {
    var columns: [Column] = []
    for column in tables.flatMap(\.columns) where !columns.contains(where: { $0.name == column.name }) {
      columns.append(column)
    }
    let rows = tables.flatMap { table in
      let places = columns.map { column in table.columns.firstIndex { $0.name == column.name } }
      return table.rows.map { row in places.map { place in place.map { row[$0] } ?? .empty } }
    }
    return Table(title: "", caption: "", columns: columns, rows: rows)
  }
}

extension Table.Cell {
  /// A number in full; empty for nil.
  static func number(_ number: Double?) -> Table.Cell {
    number.map { Table.Cell(value: .number($0), text: Scalar.number($0).label) } ?? .empty
  }

  /// A large number in three digits with a decimal unit.
  static func count(_ number: Double) -> Table.Cell {
    Table.Cell(value: .number(number), text: Wording.count(number))
  }

  /// A mean rounded to its uncertainty; empty for nil.
  static func mean(_ summary: Summary?) -> Table.Cell {
    summary.map { Table.Cell(value: .number($0.mean), text: $0.meanText) } ?? .empty
  }
}
