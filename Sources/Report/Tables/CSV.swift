import Foundation

/// Comma-separated values, RFC 4180: https://www.rfc-editor.org/rfc/rfc4180
enum CSV {
  /// The table's lines, without their ends.
  static func lines(_ table: ComparisonTable) -> [String] {
    ([table.header] + table.rows).map { $0.map(quoted).joined(separator: ",") }
  }

  private static func quoted(_ cell: String) -> String {
    guard cell.contains(where: { "\",".contains($0) || $0.isNewline }) else { return cell }
    return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
