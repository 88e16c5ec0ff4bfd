/// Which axes of a full grid its values depend on: the share of the variance that each axis explains by itself, each pair
/// beyond its two axes, and what is left (functional ANOVA, Hutter et al. 2014,
/// https://proceedings.mlr.press/v32/hutter14.html).
///
/// With the uniform distribution over the grid, an axis's part is the variance of its marginal means, and a pair's that
/// of its marginal means less what the two axes add up to. The parts, the rest and the seeds' add up to one.
package struct VarianceShares: Equatable {
  /// A share of the variance.
  package struct Share: Equatable {
    /// The axes by their places: one, or two that act together.
    package let axes: [Int]
    /// From 0 to 1.
    package let share: Double
  }

  /// Each axis by itself, in their order.
  package let main: [Share]
  /// Each two axes together, beyond what they explain by themselves.
  package let pairs: [Share]
  /// Three axes or more together.
  package let rest: Double
  /// The spread within the cells, over the seeds.
  package let seeds: Double

  /// - Parameters:
  ///   - sizes: How many values each axis has; at least two.
  ///   - cells: The numbers measured at each point of the grid, at least one each, the last axis fastest.
  /// - Returns: Nil where nothing varies.
  package init?(sizes: [Int], cells: [[Double]]) {
    precondition(cells.count == sizes.reduce(1, *) && cells.allSatisfy { !$0.isEmpty }, "the grid has holes")
    let summaries = cells.compactMap(Summary.init)
    let means = summaries.map(\.mean)
    let mean = means.reduce(0, +) / Double(means.count)
    let within =
      summaries.reduce(0) { sum, cell in
        let (n, deviation) = (Double(cell.count), cell.deviation ?? 0)
        return sum + deviation * deviation * (n - 1) / n
      } / Double(cells.count)
    let between = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(means.count)
    let total = between + within
    // Rounding alone doesn't make values differ.
    guard total > 1e-24 * max(mean * mean, .leastNormalMagnitude) else { return nil }

    /// The mean over the cells that share their places on those axes, as a deviation from the whole's, for every cell.
    func marginal(_ axes: [Int]) -> [Double] {
      let keys = means.indices.map { cell in axes.map { Self.place(cell, $0, sizes) } }
      var sums: [[Int]: (Double, Int)] = [:]
      for (key, value) in zip(keys, means) {
        let (sum, count) = sums[key] ?? (0, 0)
        sums[key] = (sum + value - mean, count + 1)
      }
      return keys.map { key in sums[key].map { $0.0 / Double($0.1) } ?? 0 }
    }
    func share(_ effect: [Double]) -> Double { effect.reduce(0) { $0 + $1 * $1 } / Double(effect.count) / total }

    let alone = sizes.indices.map { marginal([$0]) }
    main = alone.enumerated().map { Share(axes: [$0.offset], share: share($0.element)) }
    pairs = sizes.indices.flatMap { i in
      sizes.indices.dropFirst(i + 1).map { j in
        let effect = zip(marginal([i, j]), zip(alone[i], alone[j])).map { $0 - $1.0 - $1.1 }
        return Share(axes: [i, j], share: share(effect))
      }
    }
    seeds = within / total
    let explained = (main + pairs).reduce(0) { $0 + $1.share }
    rest = sizes.count > 2 ? max(0, between / total - explained) : 0
  }

  /// Where a cell lies on an axis.
  private static func place(_ cell: Int, _ axis: Int, _ sizes: [Int]) -> Int {
    cell / sizes[(axis + 1)...].reduce(1, *) % sizes[axis]
  }
}
