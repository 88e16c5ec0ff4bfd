/// Comma-separated values, RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180) but for the ends of lines: every number in
/// full, an empty cell where there is none.
enum CSVTable {
  static func lines(_ table: Table) -> [String] {
    ([table.columns.map(\.name)] + table.rows.map { $0.map { $0.value?.exact ?? "" } }).map {
      $0.map(quoted).joined(separator: ",")
    }
  }

  private static func quoted(_ cell: String) -> String {
    guard cell.contains(where: { "\",".contains($0) || $0.isNewline }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
