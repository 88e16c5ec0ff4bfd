import Store

/// The product of a spec's axes: the configurations in a stable order, each once.
///
/// Axes go in the order of `SpecKey`, the last one fastest; variants one after the other.
package struct Grid {
  /// Most runs of one spec.
  package static let limit = 100_000

  package let configurations: [Configuration]
  /// Grid points that were equal to an earlier one once keys without a meaning were dropped.
  package let collapsed: Int

  /// Expands the values of each variant's keys. The number of points must be known to be within the limit.
  package init(_ variants: [[KeyValues]]) {
    var seen: Set<Configuration> = []
    var configurations: [Configuration] = []
    var points = 0
    for variant in variants {
      var grid: [[SpecKey: Scalar]] = [[:]]
      for (key, values) in variant.map({ ($0.key, $0.values) }) {
        grid = grid.flatMap { point in values.map { value in point.merging([key: value]) { $1 } } }
      }
      points += grid.count
      for point in grid {
        let configuration = Configuration(point)
        if seen.insert(configuration).inserted { configurations.append(configuration) }
      }
    }
    self.configurations = configurations
    collapsed = points - configurations.count
  }

  /// The number of runs that the variants span with that many seeds; nil where it exceeds every whole number.
  package static func size(_ variants: [[KeyValues]], seeds: Int) -> Int? {
    var total = 0
    for variant in variants {
      var product = seeds
      for values in variant.map(\.values) {
        let (next, overflows) = product.multipliedReportingOverflow(by: values.count)
        if overflows { return nil }
        product = next
      }
      let (sum, overflows) = total.addingReportingOverflow(product)
      if overflows { return nil }
      total = sum
    }
    return total
  }
}
