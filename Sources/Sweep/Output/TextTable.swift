/// Rows in aligned columns: numbers to the right, words to the left.
struct TextTable {
  let header: [String]
  private(set) var rows: [[String]] = []

  init(_ header: [String]) { self.header = header }

  mutating func add(_ row: [String]) {
    precondition(row.count == header.count, "\(row.count) cells for \(header.count) columns")
    rows.append(row)
  }

  /// The table's lines, the header first.
  var lines: [String] {
    let columns = header.indices.map { column in ([header] + rows).map { $0[column] } }
    let widths = columns.map { $0.map(\.count).max() ?? 0 }
    let isNumeric = columns.map { $0.dropFirst().allSatisfy { $0.first.map { $0.isNumber || $0 == "-" } ?? true } }
    return ([header] + rows).map { row in
      let cells = row.indices.map { column -> String in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return isNumeric[column] ? space + row[column] : row[column] + space
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
