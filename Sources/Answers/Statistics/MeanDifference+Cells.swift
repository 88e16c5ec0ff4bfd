extension MeanDifference {
  /// The mean over several cells of a grid of the differences of pairs within them, every cell with the same weight.
  ///
  /// `mean = Σ_c D_c / C` with `D_c` the mean of the pairs of cell c, `error² = s² Σ_c 1/n_c / C²` and
  /// `s² = Σ_c Σ_i (d_ci - D_c)² / Σ_c (n_c - 1)`: a two-way layout in which the cells are fixed and the pairs of all cells have one
  /// spread (Montgomery, Design and Analysis of Experiments, section 5.3). Of one cell it is the paired t interval.
  ///
  /// - Returns: Nil where no cell has a pair.
  package init?(cells: [[(Double, Double)]]) {
    let cells = cells.compactMap { pairs in Summary(pairs.map { $0 - $1 }) }
    guard !cells.isEmpty else { return nil }
    let count = Double(cells.count)
    let mean = cells.reduce(0) { $0 + $1.mean } / count
    let degrees = cells.reduce(0) { $0 + Double($1.count - 1) }
    let squares = cells.reduce(0) { sum, cell in
      let deviation = cell.deviation ?? 0
      return sum + deviation * deviation * Double(cell.count - 1)
    }
    let weights = cells.reduce(0) { $0 + 1 / Double($1.count) } / (count * count)
    self.init(
      mean: mean, pairs: cells.reduce(0) { $0 + $1.count },
      interval: degrees > 0
        ? ConfidenceInterval(center: mean, error: (squares / degrees * weights).squareRoot(), degrees: degrees) : nil)
  }
}
