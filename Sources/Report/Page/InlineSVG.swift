/// A chart that gnuplot drew, made fit to stand in a page beside others.
struct InlineSVG {
  /// The `svg` element; nil where the file holds none.
  let text: String?

  /// - Parameters:
  ///   - file: What gnuplot wrote.
  ///   - name: The chart's name, unique in the page: the element's ids begin with it.
  ///   - title: What the chart shows, for those who can't see it; already escaped.
  init(_ file: String, name: String, escapedTitle title: String) {
    guard let start = file.firstRange(of: "<svg") else {
      text = nil
      return
    }
    let body = file[start.lowerBound...]
    // Only within tags: a legend may speak of ids too. Gnuplot escapes every "<" of a text.
    var result = ""
    for piece in body.unicodeScalars.split(separator: "<").map(Substring.init) {
      let end = piece.unicodeScalars.firstIndex(of: ">") ?? piece.endIndex
      let tag = piece[..<end]
      if tag.hasPrefix("svg") {
        result +=
          "<svg role=\"img\" aria-labelledby=\"\(name)-title\"\(tag.dropFirst(3))><title id=\"\(name)-title\">\(title)</title>"
        continue
      }
      // The page has its own title, and its own background.
      if ["title", "/title", "desc", "/desc"].contains(tag) || Self.isBackground(tag) { continue }
      result += "<" + Self.renamed(tag, name) + piece[end...]
    }
    text = result
  }

  private static func isBackground(_ tag: Substring) -> Bool {
    tag.hasPrefix("rect x=\"0\" y=\"0\"") && tag.contains("fill=\"#ffffff\"")
  }

  private static func renamed(_ tag: Substring, _ name: String) -> String {
    guard tag.contains("id=") || tag.contains("#") else { return String(tag) }
    var tag = String(tag)
    for opening in [" id='", " id=\"", "href='#", "href=\"#", "url(#"] {
      tag = tag.replacing(opening, with: opening + name + "-")
    }
    return tag
  }
}
