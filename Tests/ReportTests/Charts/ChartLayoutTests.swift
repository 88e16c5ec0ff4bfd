import Foundation
import SampleResults
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct ChartLayoutTests {
  private func chart(_ ends: [Double], label: (Int) -> String = { "line \($0)" }) -> Chart {
    Chart(
      name: "c", title: "t", x: ChartAxis(label: "x", range: 0...10), y: ChartAxis(label: "y", range: 0...10),
      series: ends.enumerated().map { place, end in
        Series(.curve, label: label(place), points: [.init(x: 0, y: 10), .init(x: 10, y: end)])
      } + [Series(.marks, label: "a seed")], labelsLines: true)
  }

  @Test("Names stand at the ends of their lines, apart from each other, within the axes and in the lines' order")
  func lineLabels() {
    for ends in [[5.0], [5, 5, 5], [0, 0, 0, 0], [10, 10, 9.9], [1, 2, 8, 8.1, 8.05, 20]] {
      let layout = ChartLayout(chart(ends), .page)
      let labels = layout.lineLabels.sorted { $0.y < $1.y }
      #expect(labels.count == ends.count)
      #expect(zip(labels, labels.dropFirst()).allSatisfy { $1.y - $0.y >= 1.25 * 16 - 1e-9 && $1.end.y >= $0.end.y })
      #expect(labels.allSatisfy { $0.y >= layout.bottom - 1e-9 && $0.y <= layout.top + 1e-9 })
      #expect(layout.legend.values.sorted() == ["a seed"])
    }
    let alone = ChartLayout(chart([5]), .page)
    #expect(abs(alone.lineLabels[0].y - (alone.bottom + alone.top) / 2) < 1e-9 && !alone.lineLabels[0].isFar)
  }

  @Test("Long names, and names of many lines, go into the legend, which is never higher than the chart")
  func legend() {
    let long = ChartLayout(chart([1, 2]) { "a name of some length, which no margin has room for: \($0)" }, .page)
    #expect(long.lineLabels.isEmpty && long.legend.count == 3)
    for style in [FigureStyle.page, .paper] {
      let layout = ChartLayout(chart((0..<8).map { Double($0) }) { "optimizer adamw, d_model \($0)" }, style)
      #expect(layout.bottom - 3.6 * style.fontSize <= layout.top - layout.bottom + 1e-9, "\(style)")
      #expect(layout.right - layout.left > 0.4 * style.width)
    }
  }

  @Test("Rows have their names unabridged where these fit, and different ones always")
  func rows() {
    let names = ["spring", "summer"].map { "corpus a-rather-long-name-of-a-corpus-written-in-\($0).txt, lr 0.01" }
    var chart = chart([])
    chart.y = ChartAxis(
      label: "", range: 0...3, ticks: names.enumerated().map { .init(value: Double($0.offset + 1), label: $0.element) },
      hasRows: true)
    for style in [FigureStyle.page, .paper] {
      let labels = ChartLayout(chart, style).yTicks.map(\.label)
      #expect(Set(labels).count == 2 && labels.allSatisfy { $0.count < 60 })
    }
    #expect(GnuplotScript(chart: chart).text.contains("set ytics scale 0 ("))
  }

  @Test(
    "A label that is longer than its axis gives way to the short one, and a number without room in its cell isn't shown"
  )
  func small() {
    var chart = chart([1])
    chart.y = ChartAxis(label: String(repeating: "long ", count: 12), shortLabel: "loss", range: 0...1)
    let small = FigureStyle(width: 200, height: 150, fontSize: 10)
    #expect(GnuplotScript(chart: chart, style: small).text.contains("'loss' at screen"))
    chart.colorRange = 0...1
    chart.x.range = -0.5...9.5
    chart.texts = [ChartText(x: 0, y: 0, text: "2.345", anchor: .center)]
    #expect(ChartLayout(chart, small).texts.isEmpty && ChartLayout(chart, .page).texts.count == 1)
  }
}
