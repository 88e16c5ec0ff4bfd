import Foundation

/// The means of an experiment's cells with their errors: `score = cell + seed + error`. A cell is a configuration; where all cells have the
/// same seeds, a seed is a block, and what it does to all cells alike is no error (a two-way layout without interaction, as in
/// Montgomery, Design and Analysis of Experiments, chapter 4). Else there are no blocks, and the error is the spread within the cells.
///
/// A cell of few seeds knows little of its own variance, and bad cells often spread more than good ones. So the variances are
/// moderated: each is drawn towards what all have in common, the more the less they differ among themselves (Smyth 2004,
/// https://doi.org/10.2202/1544-6115.1027). Where they differ by no more than chance makes them, or there are fewer than four cells,
/// one variance is pooled over all.
package struct CellModel: Sendable {
  /// A cell.
  package struct Cell: Equatable, Sendable {
    /// The mean over its seeds.
    package let mean: Double
    /// The number of its seeds.
    package let count: Int
    /// The standard error of its mean; nil where no cell has two seeds.
    package let error: Double?
    /// The degrees of freedom of the error.
    package let degrees: Double
  }

  /// In the given order.
  package let cells: [Cell]
  /// Whether seeds are blocks.
  package let hasBlocks: Bool

  /// - Parameter scores: The score of each seed, for each cell; none is empty.
  package init(_ scores: [[Int64: Double]]) {
    precondition(scores.allSatisfy { !$0.isEmpty }, "a cell without a score")
    let seeds = scores.first.map { $0.keys.sorted() } ?? []
    let hasBlocks =
      scores.count > 1 && seeds.count > 1
      && scores.allSatisfy { $0.count == seeds.count && Set($0.keys) == Set(seeds) }
    let values = scores.map { cell in cell.sorted { $0.key < $1.key }.map(\.value) }
    let means = values.map { $0.reduce(0, +) / Double($0.count) }
    let deviations = zip(values, means).map { values, mean in values.map { $0 - mean } }
    var spread = Spread(deviations)
    if hasBlocks {
      // The blocks are means over the cells, weighted by their variances, which are known after the blocks.
      for _ in 0..<4 {
        spread = Spread(deviations, weights: spread.variances.map { 1 / max($0, .leastNormalMagnitude) })
      }
    }
    self.hasBlocks = hasBlocks
    cells = means.indices.map { cell in
      let isKnown = spread.degrees[cell] > 0
      return Cell(
        mean: means[cell], count: values[cell].count,
        error: isKnown ? (spread.variances[cell] / Double(values[cell].count)).squareRoot() : nil,
        degrees: spread.degrees[cell])
    }
  }

  /// The variances of the cells' scores.
  private struct Spread {
    /// Moderated.
    private(set) var variances: [Double]
    /// Their degrees of freedom; all zero where no cell has two seeds.
    private(set) var degrees: [Double]

    /// - Parameters:
    ///   - deviations: From the cell's mean, for each of its seeds.
    ///   - weights: Of the cells in the blocks' means; nil where there are no blocks.
    init(_ deviations: [[Double]], weights: [Double]? = nil) {
      var residuals = deviations
      var own = deviations.map { Double($0.count - 1) }
      var all = own.reduce(0, +)
      if let weights {
        // Divided by the greatest, so that no sum overflows.
        let greatest = weights.max() ?? 1
        let shares = weights.map { $0 / greatest }
        let total = shares.reduce(0, +)
        for seed in deviations[0].indices {
          let block = zip(deviations, shares).reduce(0) { $0 + $1.0[seed] * $1.1 } / total
          for cell in residuals.indices { residuals[cell][seed] -= block }
        }
        all = Double((deviations.count - 1) * (deviations[0].count - 1))
        own = zip(own, shares).map { $0 * (1 - $1 / total) }
      }
      let squares = residuals.map { $0.reduce(0) { $0 + $1 * $1 } }
      let pooled = all > 0 ? squares.reduce(0, +) / all : 0
      (variances, degrees) = (squares.map { _ in pooled }, own.map { _ in all })
      let known = own.indices.filter { own[$0] > 0.01 && squares[$0] > 0 }
      guard known.count > 3 else { return }
      let logs = known.map { log(squares[$0] / own[$0]) - Gamma.digamma(own[$0] / 2) + log(own[$0] / 2) }
      let mean = logs.reduce(0, +) / Double(logs.count)
      let beyondChance =
        logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logs.count - 1)
        - known.reduce(0) { $0 + Gamma.trigamma(own[$1] / 2) } / Double(known.count)
      guard beyondChance > 0 else { return }
      let prior = 2 * Gamma.inverseTrigamma(beyondChance)
      // So many prior degrees say that the variances are one.
      guard prior < all else { return }
      let common = exp(mean + Gamma.digamma(prior / 2) - log(prior / 2))
      variances = zip(squares, own).map { ($0 + prior * common) / ($1 + prior) }
      degrees = own.map { min($0 + prior, all) }
    }
  }
}

/// Derivatives of the logarithm of the gamma function, for positive numbers.
enum Gamma {
  /// `ψ(x)`, from its recurrence and asymptotic series, https://dlmf.nist.gov/5.11.E2.
  static func digamma(_ x: Double) -> Double {
    guard x < 10 else {
      let r = 1 / (x * x)
      return log(x) - 0.5 / x - r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r / 240)))
    }
    return digamma(x + 1) - 1 / x
  }

  /// `ψ′(x)`, the derivative of the same series.
  static func trigamma(_ x: Double) -> Double {
    guard x < 10 else {
      let r = 1 / (x * x)
      let tail = r * (1.0 / 6 - r * (1.0 / 30 - r * (1.0 / 42 - r / 30)))
      return (1 + 0.5 / x + tail) / x
    }
    return trigamma(x + 1) + 1 / (x * x)
  }

  /// The x with `ψ′(x) = value`, for a positive value: ψ′ falls all the way.
  static func inverseTrigamma(_ value: Double) -> Double {
    // ψ′(x) lies between 1/x and 1/x + 1/x².
    var (low, high) = (1 / value, (1 + (1 + 4 * value).squareRoot()) / (2 * value))
    for _ in 0..<200 where low < high {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      if trigamma(middle) > value { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
