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
    lines(columns: Array(header.indices), width: nil, styled: styled)
  }

  /// The table's lines within a terminal of that width, none of which wraps: columns go in the order of `dropping` until the others
  /// fit. Where too little room is left even so, the widest words are cut, and numbers never.
  ///
  /// - Parameters:
  ///   - width: The terminal's columns; nil where there is no limit.
  ///   - dropping: Places of the columns that may go, the least important first. The others stay.
  ///   - styled: Makes the text of a cell bold, say, and changes no widths; it is given the column's place among all.
  public func lines(
    within width: Int?, dropping: [Int],
    styled: (_ text: String, _ row: Int, _ column: Int) -> String = { text, _, _ in text }
  ) -> [String] {
    lines(columns: columns(within: width, dropping: dropping), width: width, styled: styled)
  }

  /// The places of the columns that `lines(within:dropping:styled:)` shows, in order.
  public func columns(within width: Int?, dropping: [Int]) -> [Int] {
    var columns = Array(header.indices)
    guard let width else { return columns }
    let widths = widths
    for column in dropping where Self.width(columns.map { widths[$0] }) > width { columns.removeAll { $0 == column } }
    return columns
  }

  /// Spaces between two columns.
  private static let gap = 2

  private static func width(_ columns: [Int]) -> Int { columns.reduce(0, +) + gap * max(0, columns.count - 1) }

  /// How wide each column is.
  private var widths: [Int] {
    header.indices.map { column in ([header] + rows).map { $0[column].displayWidth }.max() ?? 0 }
  }

  private func isNumeric(_ column: Int) -> Bool {
    rows.allSatisfy { row in row[column].first.map { $0.isNumber || "+-–".contains($0) } ?? true }
  }

  private func lines(
    columns: [Int], width: Int?, styled: (_ text: String, _ row: Int, _ column: Int) -> String
  ) -> [String] {
    let isNumeric = header.indices.map(self.isNumeric)
    var widths = widths
    if let width {
      while Self.width(columns.map { widths[$0] }) > width,
        let widest = columns.filter({ !isNumeric[$0] && widths[$0] > 1 }).max(by: { widths[$0] < widths[$1] })
      {
        widths[widest] -= 1
      }
    }
    return ([header] + rows).enumerated().map { place, row in
      let cells = columns.map { column -> String in
        let cell = isNumeric[column] ? row[column] : row[column].shortened(to: widths[column])
        let space = String(repeating: " ", count: max(0, widths[column] - cell.displayWidth))
        let text = place == 0 ? cell : styled(cell, place - 1, column)
        return isNumeric[column] ? space + text : text + space
      }
      let line = cells.joined(separator: String(repeating: " ", count: Self.gap))
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

  /// The text in at most `width` columns: its beginning and "…" where it is longer.
  public func shortened(to width: Int) -> String {
    guard displayWidth > width else { return self }
    var (text, room) = ("", width - 1)
    for character in self {
      room -= String(character).displayWidth
      guard room >= 0 else { break }
      text.append(character)
    }
    return width > 0 ? text + "…" : ""
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
