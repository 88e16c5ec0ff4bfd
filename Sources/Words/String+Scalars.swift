extension String {
  /// The text with the replacements of some of its scalars.
  ///
  /// Whatever acts on a quote or a bracket is replaced by this and never by characters: `"'\u{301}"` and `"\u{600}'"` are one
  /// character each for Swift, and neither is `"'"`, while every shell, format and browser sees the quote.
  public func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
    var scalars = UnicodeScalarView()
    for scalar in unicodeScalars {
      if let text = replacement(scalar) { scalars += text.unicodeScalars } else { scalars.append(scalar) }
    }
    return String(scalars)
  }

  /// The text in single quotes, with its own doubled, as SQL and gnuplot read it.
  public var singleQuoted: String { "'" + replacingScalars { $0 == "'" ? "''" : nil } + "'" }

  /// The text, of a long one the beginning: at most so many scalars, since a character may consist of any number of them.
  public func excerpt(_ most: Int = 60) -> String {
    unicodeScalars.count <= most ? self : String(UnicodeScalarView(unicodeScalars.prefix(most - 3))) + "..."
  }
}
