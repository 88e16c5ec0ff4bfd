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
    text.visible(keepsLines: true).reduce(into: "") { result, character in
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\\", "`", "*", "_", "[", "]", "|", "#", "!", "~", "$": result += "\\\(character)"
      case _ where character.isNewline: result += " "
      default: result.append(character)
      }
    }
  }
}
