import Answers

/// A colour for every value of the axis that tells most; the same in every chart of an experiment.
struct ChartColors {
  /// The axis; nil where the experiment has none.
  let axis: AxisGroup?
  private let colors: [AxisGroup.Value: String]

  /// The most telling axis is the one that explains the largest share of the variance, without the learning rate where
  /// there is another; and the first where the shares aren't known.
  init(_ results: ExperimentResults, shares: VarianceShares?) {
    let axes = results.axes
    let others = axes.indices.filter { axes[$0].keys != ["lr"] }
    let best = others.max { a, b in
      guard let shares else { return a > b }
      return (shares.main[a].share, b) < (shares.main[b].share, a)
    }
    let chosen = (best ?? axes.indices.first).map { axes[$0] }
    axis = chosen
    guard let chosen else {
      colors = [:]
      return
    }
    if chosen.isOrdered {
      let palette = Palette.colors(chosen.values.count, isOrdered: true)
      colors = Dictionary(uniqueKeysWithValues: zip(chosen.values, palette))
    } else {
      // Of more values than colours, the best have one of their own.
      var seen: Set<AxisGroup.Value> = []
      let ranked = results.configurations.map(chosen.value(of:)).filter { seen.insert($0).inserted }
      let kept = Set(ranked.prefix(Palette.most))
      let shown = chosen.values.filter(kept.contains)
      colors = Dictionary(uniqueKeysWithValues: zip(shown, Palette.colors(shown.count, isOrdered: false)))
    }
  }

  func color(_ value: AxisGroup.Value) -> String { colors[value] ?? Palette.neutral }

  func color(of result: ConfigurationResult) -> String {
    axis.map { color($0.value(of: result)) } ?? Palette.colors(1, isOrdered: false)[0]
  }
}
