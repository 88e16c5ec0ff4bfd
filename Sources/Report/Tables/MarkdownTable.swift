import Words

/// Markdown, as GitHub reads it.
enum MarkdownTable {
  static func lines(_ table: Table) -> [String] {
    let dividers = table.columns.indices.map { table.isNumeric($0) ? "---:" : "---" }
    let rows = table.rows.map { row in row.map { $0.isBest ? "**\(escaped($0.text))**" : escaped($0.text) } }
    return ([table.columns.map { escaped($0.title) }, dividers] + rows).map {
      "| " + $0.joined(separator: " | ") + " |"
    }
  }

  /// The text with every character that Markdown or HTML would act on made plain, on one line.
  static func escaped(_ text: String) -> String {
    text.visible(keepsLines: true).replacingScalars { scalar in
      switch scalar {
      case "<": "&lt;"
      case ">": "&gt;"
      case "&": "&amp;"
      case "\\", "`", "*", "_", "[", "]", "|", "#", "!", "~", "$": "\\\(scalar)"
      case "\n", "\u{2028}", "\u{2029}": " "
      default: nil
      }
    }
  }
}
