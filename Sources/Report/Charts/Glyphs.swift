import Foundation

/// Which characters the system's fonts can draw.
enum Glyphs {
  /// The characters of a text for which no font has a glyph, as fontconfig knows them; none where fontconfig isn't there to ask.
  /// Gnuplot's PNG covers the whole picture with such a character.
  static func missing(in text: String, program: URL? = Gnuplot.found("fc-list")) -> Set<Unicode.Scalar> {
    // Latin letters and signs are in every font.
    let asked = Set(text.unicodeScalars.filter { $0.value > 0x17F })
    guard !asked.isEmpty, let program, let fonts = try? Subprocess.output(of: program, [":", "charset"]),
      fonts.status == 0
    else { return [] }
    let ranges = ranges(in: fonts.output)
    return ranges.isEmpty ? [] : asked.filter { scalar in !ranges.contains { $0.contains(scalar.value) } }
  }

  /// The characters of fonts, a line for each font: ":charset=20-7e a0-17f 192".
  static func ranges(in list: String) -> Set<ClosedRange<UInt32>> {
    Set(
      list.split(whereSeparator: { " \n=".contains($0) }).compactMap { word in
        let ends = word.split(separator: "-").map { UInt32($0, radix: 16) }
        guard let lower = ends.first ?? nil, let upper = ends.last ?? nil, lower <= upper else { return nil }
        return lower...upper
      })
  }
}
