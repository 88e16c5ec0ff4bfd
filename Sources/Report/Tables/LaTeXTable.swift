import Words

/// A `tabular` under the package booktabs that fits a column of a two-column article.
struct LaTeXTable {
  /// Text above the table, which makes it float; nil for none.
  var caption: String?
  /// What `\ref` calls the table, which makes it float; nil for none.
  var label: String?
  /// Whether the package siunitx aligns the numbers.
  var usesSIUnitx = false
  /// Whether the user chose the columns, so that none is left out.
  var keepsColumns = false

  /// The width of a column of `\documentclass[twocolumn]{article}` on letter paper, in points.
  private static let columnWidth = 229.0
  /// The space between two columns, which is smaller than LaTeX's own, in points.
  private static let space = 8.0

  func lines(_ table: Table) -> [String] {
    let (paper, seeds) = Self.withoutCounts(table)
    let (shown, left) = keepsColumns ? (paper, []) : Self.fitting(paper)
    let columns = shown.columns.indices.map { Column(shown, $0, usesSIUnitx: usesSIUnitx) }
    let isWide = Self.width(shown) > Self.columnWidth
    let needs = ["booktabs"] + (usesSIUnitx ? ["siunitx"] : []) + (isWide ? ["graphicx"] : [])
    var lines = ["% \(Self.escaped(table.title)): needs \\usepackage{\(needs.joined(separator: ","))}"]
    if let seeds { lines.append("% mean and standard deviation over \(seeds)") }
    if !left.isEmpty {
      lines.append("% no room in a column: \(Self.escaped(left.joined(separator: ", "))) (--columns chooses)")
    }
    let isFloat = caption != nil || label != nil
    if isFloat { lines += ["\\begin{table}", "\\centering"] }
    if let caption { lines.append("\\caption{\(Self.escaped(caption))}") }
    if let label { lines.append("\\label{\(label)}") }
    lines += isFloat ? [] : ["\\begingroup"]
    lines += ["\\setlength{\\tabcolsep}{\(Int(Self.space / 2))pt}"]
    // Smaller type where it would be wider than the column, and as it is where it isn't.
    let resized = "\\resizebox{\\ifdim\\width>\\columnwidth\\columnwidth\\else\\width\\fi}{!}{%"
    lines += isWide ? [(isFloat ? "" : "\\noindent") + resized] : isFloat ? [] : ["\\noindent"]
    let rows = shown.rows.map { row in zip(columns, row).map { $0.text($1) } }
    lines += ["\\begin{tabular}{@{}\(columns.map(\.alignment).joined())@{}}", "\\toprule"]
    lines += [Self.line(columns.map(\.title)), "\\midrule"] + rows.map(Self.line)
    lines += ["\\bottomrule", "\\end{tabular}" + (isWide ? "}" : "")]
    return lines + [isFloat ? "\\end{table}" : "\\endgroup"]
  }

  private static func line(_ cells: [String]) -> String { cells.joined(separator: " & ") + " \\\\" }

  // MARK: - Columns

  /// How a column is set.
  private struct Column {
    let alignment: String
    let title: String
    private let isAligned: Bool

    /// The package aligns a column in which every cell is a number, with its uncertainty or without, or a dash.
    init(_ table: Table, _ column: Int, usesSIUnitx: Bool) {
      let title = LaTeXTable.escaped(table.columns[column].title)
      let numbers = table.rows.map { Number($0[column].text) }
      let isAligned =
        usesSIUnitx && table.isNumeric(column)
        && zip(numbers, table.rows).allSatisfy { $0 != nil || $1[column].value == nil }
      self.isAligned = isAligned
      guard isAligned else {
        (alignment, self.title) = (table.isNumeric(column) ? "r" : "l", title)
        return
      }
      let known = numbers.compactMap(\.self)
      let (whole, places) = (known.map(\.whole).max() ?? 1, known.map(\.places).max() ?? 0)
      let spread = known.compactMap(\.spreadDigits).max()
      let format = "\(whole)\(places > 0 ? ".\(places)" : "")\(spread.map { "(\($0))" } ?? "")"
      let isBold = table.rows.contains { $0[column].isBest }
      alignment =
        "S[table-format=\(format),group-minimum-digits=9\(spread == nil ? "" : ",separate-uncertainty")\(isBold ? ",detect-weight" : "")]"
      self.title = "{\(title)}"
    }

    func text(_ cell: Cell) -> String {
      guard isAligned else {
        let text = LaTeXTable.escaped(cell.text)
        return cell.isBest ? "\\textbf{\(text)}" : text
      }
      guard let number = Number(cell.text) else { return "{\(LaTeXTable.escaped(cell.text))}" }
      return (cell.isBest ? "\\bfseries " : "") + number.text
    }
  }

  private typealias Cell = Table.Cell

  /// "2.148 ± 0.010" as siunitx reads it.
  private struct Number {
    let text: String
    let whole: Int
    let places: Int
    /// Digits of the uncertainty, counted in the last place; nil without one.
    let spreadDigits: Int?

    init?(_ text: String) {
      let parts = text.components(separatedBy: " ± ")
      func isNumber(_ text: String) -> Bool {
        Double(text) != nil && text.allSatisfy { $0.isNumber || $0 == "." || $0 == "-" }
      }
      guard parts.count < 3, parts.allSatisfy(isNumber) else { return nil }
      let pieces = parts[0].split(separator: ".")
      self.text = parts.joined(separator: " +- ")
      (whole, places) = (pieces[0].count, pieces.count > 1 ? pieces[1].count : 0)
      spreadDigits = parts.count > 1 ? max(1, parts[1].filter(\.isNumber).drop { $0 == "0" }.count) : nil
    }
  }

  /// "2.148 ± 0.010 (3)" without the number of seeds: where all cells have the same, it is said once, and where one column has
  /// several, they get a column of their own.
  private static func withoutCounts(_ table: Table) -> (Table, seeds: String?) {
    func count(_ cell: Cell) -> String? {
      guard cell.value?.number != nil, cell.text.hasSuffix(")") else { return nil }
      return cell.text.components(separatedBy: " (").last.map { String($0.dropLast()) }
    }
    let counted = table.columns.indices.filter { column in
      let cells = table.rows.map { $0[column] }.filter { $0.value != nil }
      return !cells.isEmpty && cells.allSatisfy { count($0) != nil }
    }
    let all = counted.flatMap { column in table.rows.compactMap { count($0[column]) } }
    let counts = Dictionary(grouping: all) { $0 }.mapValues(\.count)
    let usual = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    // In several columns the usual number is said once, and another one where it stands.
    let isSplit = counts.count > 1 && counted.count == 1
    var plain = table
    for row in plain.rows.indices {
      for column in counted {
        guard let count = count(table.rows[row][column]), isSplit || count == usual else { continue }
        plain.rows[row][column].text.removeLast(count.count + 3)
      }
    }
    guard isSplit else {
      return (plain, usual.map { "\($0) seeds" + (counts.count > 1 ? " where no other number stands" : "") })
    }
    plain.columns.insert(Table.Column(name: "seeds", title: "seeds", importance: 9), at: counted[0] + 1)
    for row in plain.rows.indices {
      let count = count(table.rows[row][counted[0]]).flatMap(Double.init)
      plain.rows[row].insert(.number(count), at: counted[0] + 1)
    }
    return (plain, nil)
  }

  /// The table without the least important columns, as far as the others fit, and the titles of those left out.
  private static func fitting(_ table: Table) -> (Table, left: [String]) {
    var shown = table
    var left: [String] = []
    while width(shown) > columnWidth,
      let place = shown.columns.indices.filter({ shown.columns[$0].importance < 8 }).min(by: { a, b in
        (shown.columns[a].importance, b) < (shown.columns[b].importance, a)
      })
    {
      left.append(shown.columns[place].title)
      shown.columns.remove(at: place)
      for row in shown.rows.indices { shown.rows[row].remove(at: place) }
    }
    return (shown, left)
  }

  /// About how wide the table is in points, rather too much than too little: a letter of the usual type of 10 points is 5.5 wide, a
  /// bold one 6.3.
  private static func width(_ table: Table) -> Double {
    let widths = table.columns.indices.map { column in
      let cells = table.rows.map { Double($0[column].text.count) * ($0[column].isBest ? 6.3 : 5.5) }
      return max(cells.max() ?? 0, 5.5 * Double(table.columns[column].title.count))
    }
    return widths.reduce(0, +) + space * Double(max(widths.count - 1, 0))
  }

  /// The text with every character that LaTeX would act on made plain. What its usual fonts don't have is named by its
  /// number, since one such character stops the whole document.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "{", "}", "$", "&", "#", "_", "%": "\\\(scalar)"
      // Between brackets, so that they form no ligature and no optional argument.
      case "<": "\\textless{}"
      case ">": "\\textgreater{}"
      case "|": "\\textbar{}"
      // The straight quote of the usual encoding stands in the typewriter font alone.
      case "\"": "\\texttt{\"}"
      case "'", "`", "-", "[", "]", "*": "{\(scalar)}"
      case "±": "$\\pm$"
      case "–": "--"
      case "…": "\\dots{}"
      case " "..."~": "\(scalar)"
      case "À"..."ÿ" where !"ÐðÞþ×÷".unicodeScalars.contains(scalar): "\(scalar)"
      case _ where scalar.properties.isWhitespace || scalar.properties.generalCategory == .control: " "
      default: "[U+" + String(scalar.value, radix: 16, uppercase: true) + "]"
      }
    }.joined()
  }
}
