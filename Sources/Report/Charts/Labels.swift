/// Names that stand beside each other where room is scarce.
enum Labels {
  /// The names in at most `limit` letters each, as far as that leaves them different. Of "corpus …, lr 0.01" the longest parts are
  /// shortened first; what is left out of one is its end, its middle or its beginning, whichever tells the names apart. Where
  /// nothing does, they get more room.
  static func shortened(_ names: [String], to limit: Int) -> [String] {
    let longest = names.map(\.count).max() ?? 0
    guard longest > limit else { return names }
    let distinct = Set(names).count
    let parts = names.map { name in name.count > limit ? name.components(separatedBy: ", ") : [name] }
    for limit in stride(from: max(limit, 8), to: longest, by: 8) {
      for length in stride(from: limit, through: 8, by: -4) {
        for tail in [0, 1, 2, 3, 4].map({ (length - 1) * $0 / 4 }) {
          let short = parts.map { parts in
            parts.count == 1 && parts[0].count <= limit
              ? parts[0] : parts.map { elided($0, to: length, tail: tail) }.joined(separator: ", ")
          }
          if short.allSatisfy({ $0.count <= limit }), Set(short).count == distinct { return short }
        }
      }
    }
    return names
  }

  private static func elided(_ text: String, to length: Int, tail: Int) -> String {
    text.count <= length ? text : text.prefix(length - 1 - tail) + "…" + text.suffix(tail)
  }

  /// The words in lines of at most `letters` each, at most two; what has no room ends in "…".
  static func lines(_ text: String, letters: Int) -> [String] {
    guard text.count > letters else { return text.isEmpty ? [] : [text] }
    let head = text.prefix(letters + 1)
    let end = head.lastIndex(of: " ").flatMap { $0 > text.index(text.startIndex, offsetBy: letters / 2) ? $0 : nil }
    let first = end.map { text[..<$0] } ?? text.prefix(letters)
    let rest = text[first.endIndex...].drop { $0 == " " }
    return [String(first), rest.count > letters ? rest.prefix(letters - 1) + "…" : String(rest)]
  }
}
