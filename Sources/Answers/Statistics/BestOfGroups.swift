/// The best cell of each group of cells, such as those of each optimizer, compared: differences of the bests with intervals that hold all
/// at once in 95 of 100 experiments.
///
/// The lowest of many means is picked, and so it lies below its true value on average: the more cells are nearly as good, the further.
/// Intervals that ignore this hold the truth too rarely. These come from a parametric bootstrap (Efron and Tibshirani 1993, chapter 6).
/// Experiments are drawn from estimated true means with the cells' errors. Of each experiment the greatest miss counts: how far a
/// difference lies from its true value, in its standard errors. The intervals reach as far as the 95th percentile of these misses.
///
/// Measured means lie further apart than true ones. So they are shrunk first: all of them towards their mean (James and Stein 1961), and
/// in each group those within two standard errors of the lowest. Where each group is a single cell and nothing tells the means apart, the
/// reach is that of Tukey's studentized range. `CoverageTests` measures how often the intervals hold.
package struct BestOfGroups: Sendable {
  /// The place of each group's best cell.
  package let best: [Int]
  /// The group whose best is the lowest.
  package let winner: Int
  /// Each group's best less the winner's, which is zero for itself; nil where nothing is known of the error.
  package let differences: [Estimate?]
  /// By how much the winner's mean lies below its true value on average, since it was picked; nil where nothing is known of the error.
  package let optimism: Double?

  /// Experiments that are drawn. The 95th percentile of so many lies within one or two hundredths of that of many more.
  static let draws = 4000

  /// - Parameter groups: The places of each group's cells; none is empty.
  package init(_ model: CellModel, groups: [[Int]]) {
    precondition(!groups.isEmpty && groups.allSatisfy { !$0.isEmpty }, "an empty group")
    let cells = model.cells
    func lowest(_ places: [Int]) -> Int { places.min { (cells[$0].mean, $0) < (cells[$1].mean, $1) } ?? places[0] }
    let best = groups.map(lowest)
    let winner = groups.indices.min { (cells[best[$0]].mean, $0) < (cells[best[$1]].mean, $1) } ?? 0
    (self.best, self.winner) = (best, winner)
    let values = best.map { cells[$0].mean - cells[best[winner]].mean }
    let errors = cells.map(\.error)
    guard groups.joined().allSatisfy({ errors[$0] != nil }), groups.joined().count > 1 else {
      (differences, optimism) = (Array(repeating: nil, count: groups.count), nil)
      return
    }
    let world = World(cells, groups: groups, best: best)
    optimism = world.optimism
    differences = groups.indices.map { group in
      let error = world.scale(group, winner)
      let factor =
        groups.count == 2 && groups.joined().count == 2
        ? StudentT(degrees: world.degrees).quantile(0.975) : world.factor
      let reach = group == winner ? 0 : factor * error
      return Estimate(value: values[group], low: values[group] - reach, high: values[group] + reach)
    }
  }

  /// Estimated true means, and what experiments drawn from them show.
  private struct World {
    /// The errors of the groups' best cells.
    private let errors: [Double]
    /// Degrees of freedom of the errors.
    let degrees: Double
    /// How many standard errors of a difference the intervals reach.
    private(set) var factor = 0.0
    private(set) var optimism = 0.0

    /// The standard error of the difference between two groups' bests.
    func scale(_ one: Int, _ other: Int) -> Double {
      (errors[one] * errors[one] + errors[other] * errors[other]).squareRoot()
    }

    init(_ cells: [CellModel.Cell], groups: [[Int]], best: [Int]) {
      errors = best.map { cells[$0].error ?? 0 }
      degrees = best.map { cells[$0].degrees }.min() ?? 1
      let truth = Self.shrunk(cells, groups)
      // A cell so far above its group's lowest is never drawn below it.
      let near = groups.map { places in
        let least = places.map { truth[$0] }.min() ?? 0
        return places.map { (mean: truth[$0], error: cells[$0].error ?? 0) }.filter { $0.mean <= least + 8 * $0.error }
      }
      let lowest = near.map { $0.map(\.mean).min() ?? 0 }
      var random = NormalNumbers(seed: 1)
      var misses: [Double] = []
      misses.reserveCapacity(BestOfGroups.draws)
      var sum = 0.0
      var drawn = lowest
      for _ in 0..<BestOfGroups.draws {
        var (winner, winnersTruth) = (0, 0.0)
        for (group, places) in near.enumerated() {
          drawn[group] = .infinity
          for cell in places {
            let mean = cell.mean + cell.error * random.next()
            guard mean < drawn[group] else { continue }
            drawn[group] = mean
            if group == 0 || mean < drawn[winner] || winner == group { (winner, winnersTruth) = (group, cell.mean) }
          }
        }
        sum += winnersTruth - drawn[winner]
        var miss = 0.0
        for group in near.indices where group != winner {
          let error = scale(group, winner)
          let gap = abs(drawn[group] - drawn[winner] - (lowest[group] - lowest[winner]))
          miss = max(miss, error > 0 ? gap / error : 0)
        }
        misses.append(miss / random.scaledChiSquare(degrees: degrees).squareRoot())
      }
      misses.sort()
      factor = misses[BestOfGroups.draws * 95 / 100]
      optimism = max(0, sum / Double(BestOfGroups.draws))
    }

    /// The means, drawn together as far as their errors alone have driven them apart.
    private static func shrunk(_ cells: [CellModel.Cell], _ groups: [[Int]]) -> [Double] {
      var means = cells.map(\.mean)
      let all = groups.flatMap(\.self)
      let variance = all.reduce(0) { $0 + (cells[$1].error ?? 0) * (cells[$1].error ?? 0) } / Double(all.count)
      if all.count > 3 { shrink(&means, all, by: { 1 - variance * Double(all.count - 3) / $0 }) }
      for places in groups {
        guard let least = places.min(by: { cells[$0].mean < cells[$1].mean }) else { continue }
        let near = places.filter { place in
          let (one, other) = (cells[place].error ?? 0, cells[least].error ?? 0)
          return cells[place].mean <= cells[least].mean + 2 * (one * one + other * other).squareRoot()
        }
        let spread = deviation(near.map { cells[$0].mean })
        if near.count > 1 {
          shrink(&means, near) { _ in
            spread > 0 ? max(0, 1 - variance * Double(near.count - 1) / spread).squareRoot() : 0
          }
        }
      }
      return means
    }

    /// The sum of the squared deviations from the mean.
    private static func deviation(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }

    /// Leaves the values at those places so large a part of their distance from their mean, at least none.
    private static func shrink(_ values: inout [Double], _ places: [Int], by part: (_ deviation: Double) -> Double) {
      let mean = places.reduce(0) { $0 + values[$1] } / Double(places.count)
      let deviation = places.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) }
      let kept = deviation > 0 ? max(0, part(deviation)) : 1
      for place in places { values[place] = mean + kept * (values[place] - mean) }
    }
  }
}
