import Answers
import Words

extension ChartSource {
  /// The measure of every configuration against its number of parameters, with the best of each value of an axis of words joined over the
  /// sizes: models that differ in their parts compare at equal parameters, and not at equal widths.
  func lossByParameters() -> ChartResult {
    let words = axes.filter { !$0.isOrdered }
    guard let axis = words.first(where: { $0 == colors.axis }) ?? words.first else {
      return .failure(NotDrawn("no axis has values that aren't numbers"))
    }
    let results = results.ranked.filter { !$0.isFlattered }
    guard Set(results.map(\.parameters)).count > 1 else {
      return .failure(NotDrawn("all models with a result have the same number of parameters; the table compares them"))
    }
    guard let range = lossRange(results.compactMap { $0.score?.mean }), let best = results.first else {
      return .failure(NotDrawn("no configuration has a result"))
    }
    let palette = Palette.colors(axis.values.count, isOrdered: false)
    func point(_ result: ConfigurationResult) -> Series.Point {
      Series.Point(x: Double(result.parameters), y: result.score?.mean ?? 0)
    }
    var series: [Series] = []
    var legend: [Series] = []
    for (value, paletteColor) in zip(axis.values, palette) {
      let own = results.filter { axis.value(of: $0) == value }
      if own.isEmpty { continue }
      let color = axis == colors.axis ? colors.color(value) : paletteColor
      // Results come best first.
      var seen: Set<Int> = []
      let bests = own.filter { seen.insert($0.parameters).inserted }.sorted { $0.parameters < $1.parameters }
      if bests.count > 1 { series.append(Series(.trace, color: color, points: bests.map(point))) }
      series.append(Series(.marks, color: color, points: own.map(point)))
      series.append(Series(.dots, color: color, points: bests.map(point)))
      legend.append(Series(.dots, label: axis.label(value), color: color))
    }
    let across = sizeAxis(results)
    let ends = across.range ?? 1...2
    return .success([
      Chart(
        name: "loss-by-parameters",
        title:
          "\(axis.label(axis.value(of: best))) has the lowest loss, with \(Wording.count(Double(best.parameters))) parameters",
        caption:
          "The \(measure.phrase) of every configuration, the mean over its seeds, against its number of parameters. Large "
          + "marks are the best of each value of \(axis.name) at that size, joined over the sizes."
          + floorRemark(range),
        x: across, y: scoreAxis(range),
        series: series + legend + floor(from: ends.lowerBound, to: ends.upperBound, in: range))
    ])
  }

  /// As `parameterAxis`, but linear where all sizes are near each other: blocks are compared at nearly equal parameters.
  private func sizeAxis(_ shown: [ConfigurationResult]) -> ChartAxis {
    let counts = shown.map { Double($0.parameters) }
    guard let least = counts.min(), let greatest = counts.max(), greatest < 2 * least else {
      return parameterAxis(shown)
    }
    let margin = 0.1 * (greatest - least)
    return ChartAxis(label: "parameters", range: least - margin...greatest + margin, isCount: true)
  }
}
