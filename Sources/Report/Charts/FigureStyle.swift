/// How a figure is set: its size, its type and its title. Lengths are CSS pixels, 96 to the inch.
struct FigureStyle: Equatable {
  enum Title: Equatable {
    /// What the chart found, with the experiment's name below.
    case finding
    /// Words of the user's; empty for none.
    case text(String)
  }

  /// A page's text is as large as the type of a figure of this width.
  static let page = FigureStyle(width: 720, fontSize: 16)
  /// A column of most papers with the type of its captions, 8 points.
  static let paper = FigureStyle(width: 3.3 * 96, fontSize: 8 * 96 / 72.0)

  var width: Double
  /// Of the whole figure; nil: as the chart and its legend need.
  var height: Double?
  /// Height of the type.
  var fontSize: Double
  /// The type's family; nil: Helvetica in an SVG, the system's sans in other formats.
  var font: String?
  var title = Title.finding

  /// Letters that have room in a length: most letters of most fonts are less than 0.6 of their height wide.
  func letters(in length: Double) -> Int { Int(max(length, 0) / (0.6 * fontSize)) }

  /// The length of a text in an average font.
  func length(_ letters: Int) -> Double { 0.6 * fontSize * Double(letters) }
}
