import Foundation

extension ChartSource {
  /// The share of the measure's variance that each axis explains over the grid, alone and in pairs (functional ANOVA,
  /// Hutter et al. 2014, https://proceedings.mlr.press/v32/hutter14.html).
  func importance() -> ChartResult {
    shares.map { shares in
      let main = shares.main.map {
        (name: axes[$0.axes[0]].name, share: $0.share, color: Palette.colors(2, isOrdered: false)[0])
      }
      let pairs = shares.pairs.map { pair in
        (
          name: pair.axes.map { axes[$0].name }.joined(separator: " × "), share: pair.share,
          color: Palette.colors(2, isOrdered: false)[1]
        )
      }
      let left = [("three axes or more", shares.rest), ("seeds", shares.seeds)].filter { $0.1 > 0 }
      let ranked = (main + pairs).sorted { $0.share > $1.share }
      let bars = ranked.prefix(12) + left.map { (name: $0.0, share: $0.1, color: Palette.neutral) }
      let count = Double(bars.count)
      let labels = [("an axis by itself", 0), ("two axes together", 1)].map { label, index in
        Series(.bar, label: label, color: Palette.colors(2, isOrdered: false)[index])
      }
      let most = max(bars.map(\.share).max() ?? 1, 0.1)
      let finding = ranked.first.map { first in
        "\(first.name) \(first.name.contains(" × ") ? "together explain" : "explains") "
          + "\(String(format: "%.0f", 100 * first.share)) % of the variance"
      }
      return [
        Chart(
          name: "importance", title: finding ?? "",
          caption:
            "Share of the variance in \(measure.phrase) over the grid (functional ANOVA). A pair's share is what "
            + "its axes do together beyond what each does alone. A diverged run counts as the untrained model."
            + (ranked.count > 12 ? " The largest 12 of \(ranked.count) shares of axes and pairs are shown." : ""),
          x: ChartAxis(
            label: "share of the variance (%)", shortLabel: "variance (%)", range: 0...min(112, 118 * most)),
          y: ChartAxis(
            label: "", range: 0.4...count + 0.6,
            ticks: bars.enumerated().map { ChartAxis.Tick(value: count - Double($0.offset), label: $0.element.name) },
            hasRows: true),
          series: bars.enumerated().map { index, bar in
            Series(.bar, color: bar.color, points: [.init(x: 100 * bar.share, y: count - Double(index))])
          } + labels,
          texts: bars.enumerated().map { index, bar in
            ChartText(
              x: 100 * bar.share, y: count - Double(index), text: String(format: "%.1f %%", 100 * bar.share),
              shift: (0.8, 0))
          }, height: 20 + 30 * bars.count)
      ]
    }
  }
}
