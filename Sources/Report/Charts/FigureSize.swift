import Foundation

/// The size of a figure as a user writes it: "3.3in", "84mm", "3.3inx2.2in".
struct FigureSize: Equatable {
  /// CSS pixels, 96 to the inch.
  let width: Double
  /// Nil: as the figure needs.
  let height: Double?

  /// - Throws: `TableError.badSize`, also for a size at which nothing could be read.
  init(_ text: String) throws {
    let length = "([0-9.]+) *(in|cm|mm|pt|px)?"
    let units = ["in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96.0 / 72, "px": 1]
    guard let regex = try? Regex("\(length)(?: *x *\(length))?", as: AnyRegexOutput.self),
      let match = text.trimmingCharacters(in: .whitespaces).wholeMatch(of: regex)
    else { throw TableError.badSize(text) }
    let parts = (1...4).map { match.output[$0].substring.map(String.init) }
    // "3.3x2.2in" has one unit for both.
    func pixels(_ number: String?, _ unit: String?) -> Double? {
      guard let scale = units[unit ?? parts[3] ?? ""], let value = number.flatMap(Double.init) else { return nil }
      return (96...9600).contains(value * scale) ? value * scale : nil
    }
    guard let width = pixels(parts[0], parts[1]), parts[2] == nil || pixels(parts[2], parts[3]) != nil else {
      throw TableError.badSize(text)
    }
    self.width = width
    height = parts[2].flatMap { pixels($0, parts[3]) }
  }
}

extension FigureStyle {
  /// How a single figure is set.
  ///
  /// - Parameters:
  ///   - size: Nil: as on the page. The type of a figure as wide as a column of a paper has 8 points, that of a wider one 10.
  ///   - font: "Times", or with its size in points "Times,9"; nil: as usual.
  ///   - title: "none" for none, other words for them, nil for what was found.
  init(size: FigureSize?, font: String?, title: String?) {
    self = .page
    if let size {
      (width, height) = (size.width, size.height)
      fontSize = (size.width < 4 * 96 ? 8 : 10) * 96 / 72
    }
    if let font {
      let parts = font.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      self.font = parts.first.flatMap { Double($0) == nil ? $0 : nil }
      if let points = parts.last.flatMap(Double.init), (4...72).contains(points) { fontSize = points * 96 / 72 }
    }
    if let title { self.title = .text(title == "none" ? "" : title) }
  }
}
