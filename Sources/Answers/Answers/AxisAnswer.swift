import Store

/// What an experiment shows about one of its axes: each value at its best over everything else, beside the best of them.
package struct AxisAnswer {
  /// A value of the axis.
  package struct Entry {
    package let value: AxisGroup.Value
    /// The value by itself: "adamw", "64".
    package let label: String
    /// The best configuration with the value.
    package let best: ConfigurationResult
    /// Its score less the best value's; zero for the best itself, and nil where no configuration has two seeds.
    package let difference: Estimate?
  }

  package let axis: AxisGroup
  /// The values with a result, best first; at least two.
  package let entries: [Entry]
  /// The axis's part of the variance over the grid, from 0 to 1; nil where the grid has holes.
  package let share: Double?
  /// The keys that tell the experiment's configurations apart.
  let tellingKeys: [String]

  /// What the axis is worth: the score of its worst value less that of its best, each at its best over everything else.
  package var worth: Double {
    (entries.last?.best.score?.mean ?? 0) - (entries.first?.best.score?.mean ?? 0)
  }

  /// An answer for each axis that has one. An axis of which not every value stands beside every value of a
  /// shorter one, as the learning rates of each optimizer in `variants`, has none by itself. Configurations for which the axis has no meaning,
  /// as a momentum has none for Adam, are no part of its answer: what tells them from the others is another axis.
  ///
  /// - Parameter model: Of the configurations that are compared.
  static func answers(of results: ExperimentResults, _ model: CellModel) -> [AxisAnswer] {
    let cells = results.comparable
    let shares = try? results.varianceShares { $0.runs.compactMap(results.measure.value) }.get()
    return results.axes.enumerated().compactMap { place, axis in
      let values = axis.values.filter { $0.contains { $0 != nil } }
      let meant = results.configurations.filter { values.contains(axis.value(of: $0)) }
      let isPartial = results.axes.contains { other in
        other != axis && Set(meant.map(other.value)).count < values.count && !axis.isCrossed(with: other, meant)
      }
      guard !isPartial else { return nil }
      let groups = values.map { value in cells.indices.filter { axis.value(of: cells[$0]) == value } }
      let known = values.indices.filter { !groups[$0].isEmpty }
      guard known.count > 1 else { return nil }
      let bests = BestOfGroups(model, groups: known.map { groups[$0] })
      let entries = zip(known, bests.best.indices).map { value, group in
        Entry(
          value: values[value], label: axis.answerLabel(values[value]), best: cells[bests.best[group]],
          difference: bests.differences[group])
      }
      let hasDiverged = results.runs.contains { $0.state != .finished }
      return AxisAnswer(
        axis: axis, entries: entries.sorted { ConfigurationResult.isBetter($0.best, than: $1.best) },
        share: hasDiverged ? nil : shares?.main[place].share, tellingKeys: results.tellingKeys)
    }
  }
}

extension AxisGroup {
  /// Whether each of the group's values stands beside each value of another.
  fileprivate func isCrossed(with other: AxisGroup, _ cells: [ConfigurationResult]) -> Bool {
    let pairs = Set(cells.map { [value(of: $0), other.value(of: $0)] })
    return pairs.count == Set(cells.map(value)).count * Set(cells.map(other.value)).count
  }
}

extension ExperimentResults {
  /// The configurations that are compared: those with a result that no mean flatters; none where not all compare.
  var comparable: [ConfigurationResult] { parts.isEmpty ? ranked.filter { !$0.isFlattered } : [] }
}
