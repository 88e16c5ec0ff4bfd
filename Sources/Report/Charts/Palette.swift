import Foundation

/// Colours that colour-blind readers tell apart.
enum Palette {
  /// For the floor and for what belongs to no curve.
  static let neutral = "#555555"

  /// `count` colours: along viridis where the values have an order, else from Okabe and Ito's eight
  /// (https://jfly.uni-koeln.de/color/).
  static func colors(_ count: Int, isOrdered: Bool) -> [String] {
    guard isOrdered, count > 1 else { return (0..<count).map { categories[$0 % categories.count] } }
    return (0..<count).map { index in
      // The yellow end of viridis is too pale for thin lines on white.
      let place = Double(index) / Double(count - 1) * Double(viridis.count - 1)
      let (lower, part) = (viridis[Int(place)], place - place.rounded(.down))
      let upper = viridis[min(Int(place) + 1, viridis.count - 1)]
      let mixed = zip(lower, upper).map { Int((Double($0) + part * Double($1 - $0)).rounded()) }
      return "#" + mixed.map { String(format: "%02x", $0) }.joined()
    }
  }

  private static let categories = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c6d1f",
  ]

  /// Matplotlib's viridis at 0, 0.2, 0.4, 0.6 and 0.8 of its way.
  private static let viridis = [[68, 1, 84], [65, 68, 135], [42, 120, 142], [34, 168, 132], [122, 209, 81]]
}
