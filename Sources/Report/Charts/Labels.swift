/// Names that stand beside each other where room is scarce.
enum Labels {
  /// The names in at most `limit` letters each, as far as that leaves them different: what is left out is their middle, their
  /// end or their beginning, whichever tells them apart. Where nothing does, they get more room.
  static func shortened(_ names: [String], to limit: Int) -> [String] {
    let longest = names.map(\.count).max() ?? 0
    guard longest > limit else { return names }
    let distinct = Set(names).count
    for limit in stride(from: max(limit, 8), to: longest, by: 8) {
      for tail in [0, 1, 2, 3, 4].map({ (limit - 1) * $0 / 4 }) {
        let short = names.map { name in
          name.count <= limit ? name : name.prefix(limit - 1 - tail) + "…" + name.suffix(tail)
        }
        if Set(short).count == distinct { return short }
      }
    }
    return names
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
