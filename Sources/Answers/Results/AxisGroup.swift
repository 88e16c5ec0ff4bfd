import Store

/// What the configurations of an experiment differ in: a key, or several keys whose values always move together.
package struct AxisGroup: Hashable {
  /// One value of a group: one for each of its keys; nil for a key that the configuration doesn't have.
  package typealias Value = [Scalar?]

  package let keys: [String]
  /// The values that occur, in order; at least two.
  package let values: [Value]
  /// For each key as many digits as tell its values apart: at least four for words, and at least two where room is scarce.
  private let digits: (words: [Int], ticks: [Int])

  package init(keys: [String], values: [Value]) {
    (self.keys, self.values) = (keys, values)
    func digits(_ least: Int) -> [Int] {
      keys.indices.map { place in Scalar.digits(telling: values.compactMap { $0[place] }, atLeast: least) }
    }
    self.digits = (digits(4), digits(2))
  }

  /// "lr", "layers, d_model".
  package var name: String { keys.joined(separator: ", ") }

  /// Whether every value is a number, so that the values have an order.
  package var isOrdered: Bool { values.allSatisfy { $0.allSatisfy { $0?.number != nil } } }

  /// The value for a legend: "d_model 64", "layers 1, d_model 128".
  package func label(_ value: Value) -> String {
    zip(keys, labels(value, digits.words)).compactMap { key, label in label.map { "\(key) \($0)" } }.joined(
      separator: ", ")
  }

  /// The value for the axis of a chart, where room is scarce: "64", "1, 128".
  package func tick(_ value: Value) -> String { labels(value, digits.ticks).map { $0 ?? "–" }.joined(separator: ", ") }

  private func labels(_ value: Value, _ digits: [Int]) -> [String?] { zip(value, digits).map { $0?.label(digits: $1) } }

  package static func == (a: AxisGroup, b: AxisGroup) -> Bool { a.keys == b.keys && a.values == b.values }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(keys)
    hasher.combine(values)
  }

  package func value(of result: ConfigurationResult) -> Value { keys.map { result.settings[$0] } }

  /// The order of values: numbers by size, all else as the spec has it.
  package struct Order {
    private let places: [[Scalar: Int]]

    /// The order of the values of some keys.
    package init(_ keys: [String], _ axes: [Axis]) {
      places = keys.map { key in
        let values = axes.first { $0.key == key }?.values ?? []
        return Dictionary(values.enumerated().map { ($1, $0) }) { first, _ in first }
      }
    }

    /// Whether one value comes before another; a configuration without the key comes first.
    package func precedes(_ a: Value, _ b: Value) -> Bool {
      for (index, (one, other)) in zip(a, b).enumerated() where one != other {
        guard let one else { return true }
        guard let other else { return false }
        if one.number == nil, other.number == nil, let first = places[index][one], let second = places[index][other] {
          return first < second
        }
        return one < other
      }
      return false
    }
  }

  /// The groups of keys, in their order. A key whose values move with an earlier one's, as `variants` make them, joins it.
  ///
  /// - Parameter axes: What the spec varies.
  package static func groups(
    of keys: [String], in configurations: [ConfigurationResult], _ axes: [Axis]
  ) -> [AxisGroup] {
    var groups: [(keys: [String], columns: [[Scalar?]])] = []
    for key in keys {
      let column = configurations.map { $0.settings[key] }
      let count = Set(column).count
      let partner = groups.firstIndex { group in
        let other = group.columns[0]
        return Set(other).count == count && Set(zip(other, column).map { [$0, $1] }).count == count
      }
      if let partner {
        groups[partner].keys.append(key)
        groups[partner].columns.append(column)
      } else {
        groups.append(([key], [column]))
      }
    }
    return groups.map { group in
      let values = Set(configurations.indices.map { row in group.columns.map { $0[row] } })
      return AxisGroup(keys: group.keys, values: values.sorted(by: Order(group.keys, axes).precedes))
    }
  }
}

extension ExperimentResults {
  /// The share of the variance in final loss that each group of axes explains, over the runs of a full grid; the shares' places
  /// are those of `axes`.
  ///
  /// - Parameter loss: A run's loss as a result of the sweep; nil where it has none.
  /// - Returns: The shares, or why there are none.
  package func varianceShares(loss: (ConfigurationResult) -> [Double]) -> Result<VarianceShares, NotDrawn> {
    guard axes.count > 1 else {
      return .failure(NotDrawn("it takes two axes to compare them; this experiment has \(axes.count)"))
    }
    let cells = Dictionary(grouping: configurations) { result in axes.map { $0.value(of: result) } }
    let points = axes.reduce([[]]) { points, axis in points.flatMap { point in axis.values.map { point + [$0] } } }
    let losses = points.map { point in (cells[point] ?? []).flatMap(loss) }
    let holes = losses.count(where: \.isEmpty)
    guard holes == 0 else {
      return .failure(
        NotDrawn(
          "the grid of \(axes.map(\.name).joined(separator: " × ")) has \(holes) of \(points.count) points without a result"
        ))
    }
    guard let shares = VarianceShares(sizes: axes.map(\.values.count), cells: losses) else {
      return .failure(NotDrawn("all results are the same"))
    }
    return .success(shares)
  }
}

extension AxisGroup {
  /// The value where the axis has been named: "64", "layers 1, d_model 128"; "none" for a key that isn't there.
  package func answerLabel(_ value: Value) -> String {
    keys.count == 1 ? labels(value, digits.words)[0] ?? "none" : label(value)
  }
}
