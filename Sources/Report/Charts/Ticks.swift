import Foundation

extension ChartAxis.Tick {
  /// Round numbers within a range: a power of ten, twice, two and a half times or five times it apart, and at most `most` of
  /// them.
  static func linear(in range: ClosedRange<Double>, most: Int) -> [ChartAxis.Tick] {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite else { return [] }
    func values(_ step: Double) -> [Double] {
      // A hair beyond the ends, since 0.3 / 0.1 is less than 3.
      let (first, last) = (
        (range.lowerBound / step - 1e-9).rounded(.up), (range.upperBound / step + 1e-9).rounded(.down)
      )
      return first > last ? [] : stride(from: first, through: last, by: 1).map { $0 * step }
    }
    let power = pow(10, log10(span / Double(max(most, 1))).rounded(.down))
    let step = [1, 2, 2.5, 5, 10, 20].map { $0 * power }.first { values($0).count <= max(most, 2) } ?? 20 * power
    // As many decimals as tell neighbours apart.
    let places = (0...12).first { abs(step * pow(10, Double($0)) - (step * pow(10, Double($0))).rounded()) < 1e-6 } ?? 6
    let isLarge = max(abs(range.lowerBound), abs(range.upperBound)) >= 20_000
    return values(step).map { value in
      // Minus zero would show its sign.
      let value = value == 0 ? 0 : value
      let plain = String(format: "%.\(places)f", value)
      return ChartAxis.Tick(value: value, label: isLarge ? short(value) : plain)
    }
  }

  /// Powers of ten within a range, and their multiples where there are fewer than three: an axis always gets two numbers or more.
  static func logarithmic(
    in range: ClosedRange<Double>, most: Int, label: ((Double) -> String)? = nil
  ) -> [ChartAxis.Tick] {
    guard range.lowerBound > 0, range.lowerBound < range.upperBound else { return [] }
    let ends = (log10(range.lowerBound).rounded(.down), log10(range.upperBound).rounded(.up))
    func values(_ factors: [Double], every: Double = 1) -> [Double] {
      stride(from: (ends.0 / every).rounded(.up) * every, through: ends.1, by: every)
        .flatMap { power in factors.map { $0 * pow(10, power) } }.filter(range.contains)
    }
    let choices = [[1.0], [1, 3], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]].map { values($0) }
    if choices[0].count > most {
      let every = [2.0, 3, 5, 10, 20, 50, 100].map { values([1], every: $0) }.first { $0.count <= most } ?? []
      return labelled(every, label)
    }
    // The sparsest choice with three numbers, or the richest that has room.
    let fitting = choices.filter { $0.count <= max(most, 3) }
    guard let chosen = fitting.first(where: { $0.count >= 3 }) ?? fitting.last, chosen.count > 1 else {
      return linear(in: range, most: max(most, 2))
    }
    return labelled(chosen, label)
  }

  /// "0.001", "5" and "1000"; all as powers where one lies further from 1: "10⁰", "10⁶", "2·10¹⁰".
  private static func labelled(_ values: [Double], _ label: ((Double) -> String)?) -> [ChartAxis.Tick] {
    let isPlain = values.allSatisfy { (-4...4).contains(exponent($0)) }
    return values.map { value in
      let plain = { String(format: "%.*f", max(0, -exponent(value)), value) }
      return ChartAxis.Tick(value: value, label: label?(value) ?? (isPlain ? plain() : power(value)))
    }
  }

  private static func exponent(_ value: Double) -> Int { Int((log10(value) + 1e-9).rounded(.down)) }

  private static func power(_ value: Double) -> String {
    let exponent = Self.exponent(value)
    let factor = Int((value / pow(10, Double(exponent))).rounded())
    let digits: [Character: Character] = [
      "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹", "-": "⁻",
    ]
    return (factor == 1 ? "" : "\(factor)·") + "10" + String(String(exponent).compactMap { digits[$0] })
  }

  /// "500 k", "1.5 M".
  static func short(_ value: Double) -> String {
    let unit = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")].first { abs(value) >= $0.0 * 0.9999 } ?? (1, "")
    return String(format: "%.4g", value / unit.0) + unit.1
  }

  /// Some of the ticks, evenly chosen, so that their labels have room beside each other.
  ///
  /// - Parameters:
  ///   - place: Where a value lies.
  ///   - length: The room of a label there.
  static func thinned(
    _ ticks: [ChartAxis.Tick], at place: (Double) -> Double, length: (ChartAxis.Tick) -> Double
  ) -> [ChartAxis.Tick] {
    let ordered = ticks.sorted { $0.value < $1.value }
    func fits(_ chosen: [ChartAxis.Tick]) -> Bool {
      zip(chosen, chosen.dropFirst()).allSatisfy { a, b in
        place(b.value) - place(a.value) >= (length(a) + length(b)) / 2
      }
    }
    let choices = (1...max(ordered.count, 1)).lazy.map { stride in
      ordered.indices.filter { $0 % stride == 0 }.map { ordered[$0] }
    }
    return choices.first(where: fits) ?? []
  }
}
