import Words

/// Rows in aligned columns: numbers to the right, words to the left.
public struct TextTable {
  /// The columns' names.
  public let header: [String]
  /// The rows so far, each with a cell for every column.
  public private(set) var rows: [[String]] = []

  /// An empty table.
  public init(_ header: [String]) { self.header = header }

  /// Adds a row with a cell for every column.
  public mutating func add(_ row: [String]) {
    precondition(row.count == header.count, "\(row.count) cells for \(header.count) columns")
    rows.append(row.map { $0.visible() })
  }

  /// The table's lines, the header first.
  public var lines: [String] { lines { text, _, _ in text } }

  /// The table's lines, the header first; `styled` makes the text of a row's cell bold, say, and changes no widths.
  public func lines(styled: (_ text: String, _ row: Int, _ column: Int) -> String) -> [String] {
    let columns = header.indices.map { column in ([header] + rows).map { $0[column] } }
    let widths = columns.map { $0.map(\.displayWidth).max() ?? 0 }
    let isNumeric = columns.map {
      $0.dropFirst().allSatisfy { $0.first.map { $0.isNumber || "+-–".contains($0) } ?? true }
    }
    return ([header] + rows).enumerated().map { place, row in
      let cells = row.indices.map { column -> String in
        let space = String(repeating: " ", count: widths[column] - row[column].displayWidth)
        let text = place == 0 ? row[column] : styled(row[column], place - 1, column)
        return isNumeric[column] ? space + text : text + space
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}

extension String {
  /// The columns that the text takes on a terminal: two for East Asian wide characters and emoji, one for others.
  public var displayWidth: Int {
    reduce(0) { width, character in
      guard let first = character.unicodeScalars.first else { return width }
      let isWide =
        first.properties.isEmojiPresentation || (0x1100...0x115F).contains(first.value)
        || (0x2E80...0xA4CF).contains(first.value) || (0xAC00...0xD7A3).contains(first.value)
        || (0xF900...0xFAFF).contains(first.value) || (0xFE30...0xFE6F).contains(first.value)
        || (0xFF00...0xFF60).contains(first.value) || (0x20000...0x3FFFD).contains(first.value)
      return width + (isWide ? 2 : 1)
    }
  }

  /// The text's beginning, at most so many columns of it.
  public func prefix(columns: Int) -> String {
    var left = columns
    return String(
      prefix { character in
        left -= String(character).displayWidth
        return left >= 0
      })
  }

  /// The text in at most so many columns: of a longer one the beginning and the end, since what tells paths apart is mostly there.
  public func shortened(to columns: Int) -> String {
    guard displayWidth > columns else { return self }
    let end = String(String(reversed()).prefix(columns: (columns - 1) / 3).reversed())
    return prefix(columns: columns - 1 - end.displayWidth) + "…" + end
  }

  /// The text in lines of at most `width` columns, broken between words; a longer word stands alone.
  public func wrapped(to width: Int) -> [String] {
    split(separator: " ").reduce(into: []) { lines, word in
      if let last = lines.last, last.displayWidth + 1 + String(word).displayWidth <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
  }
}
