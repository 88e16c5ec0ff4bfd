import Words

/// Comma-separated values, RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180) but for the ends of lines: every number in
/// full, an empty cell where there is none.
enum CSVTable {
  static func lines(_ table: Table) -> [String] {
    ([table.columns.map(\.name)] + table.rows.map { $0.map { $0.value?.exact ?? "" } }).map {
      $0.map(quoted).joined(separator: ",")
    }
  }

  private static func quoted(_ cell: String) -> String {
    let ends = "\",\n\r\u{B}\u{C}\u{85}\u{2028}\u{2029}".unicodeScalars
    guard cell.unicodeScalars.contains(where: ends.contains) else { return cell }
    return "\"" + cell.replacingScalars { $0 == "\"" ? "\"\"" : nil } + "\""
  }
}
