/// Markdown, as GitHub reads it.
enum Markdown {
  /// The table's lines.
  static func lines(_ table: ComparisonTable) -> [String] {
    let dividers = table.header.map { _ in "---" }
    return ([table.header.map(escaped), dividers] + table.rows.map { $0.map(escaped) }).map { cells in
      "| " + cells.joined(separator: " | ") + " |"
    }
  }

  /// The text with every character that Markdown or HTML would act on made plain, on one line.
  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
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
