/// Puts the spaces back between words and punctuation marks, where English has them.
enum WordJoiner {
  /// Readable text. `"` and `'` by themselves open and close by turns, starting afresh in each line.
  static func text(of tokens: some Sequence<String>) -> String {
    var text = ""
    var needsSpace = false
    var open: Set<String> = []
    for token in tokens {
      var spaceBefore = true
      var spaceAfter = true
      switch token {
      case "\n", "\r\n", "\r":
        (spaceBefore, spaceAfter) = (false, false)
        open = []
      case "\"", "'":
        if open.remove(token) == nil {
          open.insert(token)
          spaceAfter = false
        } else {
          spaceBefore = false
        }
      case ",", ".", "!", "?", ";", ":", ")", "]", "}", "…", "”", "’", "»", "%":
        spaceBefore = false
      case "(", "[", "{", "“", "‘", "«", "¿", "¡", "$", "€", "£", "#":
        spaceAfter = false
      default: break
      }
      if needsSpace && spaceBefore { text += " " }
      text += token
      needsSpace = spaceAfter
    }
    return text
  }
}
