import Foundation

/// Colours that colour-blind readers tell apart.
enum Palette {
  /// For words and axes.
  static let ink = "#222222"
  /// For the floor and for what belongs to no value.
  static let neutral = "#666666"
  /// For grid lines.
  static let grid = "#dddddd"
  /// For what diverged.
  static let diverged = "#c8501e"
  /// Most values that get a colour of their own where the values have no order.
  static let most = 8

  /// `count` colours: along viridis where the values have an order, else from Okabe and Ito's eight
  /// (https://jfly.uni-koeln.de/color/).
  static func colors(_ count: Int, isOrdered: Bool) -> [String] {
    guard isOrdered, count > 1 else { return (0..<count).map { categories[$0 % categories.count] } }
    // The yellow end of viridis is too pale for thin lines on white.
    return (0..<count).map { viridis(at: 0.8 * Double($0) / Double(count - 1)) }
  }

  /// Viridis at a place from 0 to 1.
  static func viridis(at place: Double) -> String {
    let position = min(max(place, 0), 1) * Double(viridis.count - 1)
    let (lower, part) = (viridis[Int(position)], position - position.rounded(.down))
    return hex(mix(lower, viridis[min(Int(position) + 1, viridis.count - 1)], part))
  }

  private static func mix(_ a: [Int], _ b: [Int], _ part: Double) -> [Int] {
    zip(a, b).map { Int((Double($0) + part * Double($1 - $0)).rounded()) }
  }

  private static func hex(_ channels: [Int]) -> String {
    "#" + channels.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static let categories = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c6d1f",
  ]

  /// Matplotlib's viridis in six steps.
  static let viridis = [
    [68, 1, 84], [65, 68, 135], [42, 120, 142], [34, 168, 132], [122, 209, 81], [253, 231, 37],
  ]
}
