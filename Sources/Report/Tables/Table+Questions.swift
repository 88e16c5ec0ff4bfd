/// Rows chosen and put in order; each of several tables answers for the columns that it has.
extension [Table] {
  /// For each table the places of the rows that meet all conditions. A row without a value in a column meets none on it.
  ///
  /// - Throws: `TableError`, also for a column that none of the tables has.
  func places(meeting filter: TableFilter) throws -> [[Int]] {
    for condition in filter.conditions { try check(condition) }
    return map { table in
      let conditions = filter.conditions.map { condition in
        let column = table.index(of: condition.column)
        guard let column, table.columns[column].isKey else { return (condition, column) }
        return (condition.meaning(among: table.rows.map { $0[column] }), column)
      }
      return table.rows.indices.filter { row in
        conditions.allSatisfy { condition, column in
          TableFilter.holds(column.flatMap { table.rows[row][$0].value }, condition)
        }
      }
    }
  }

  /// The rows in the order of a column, those without a value last; rows with the same value stay as they were.
  ///
  /// - Parameter descending: Whether the highest comes first; nil: as people expect, which is best first for what the rows are
  ///   ranked by, highest first for a speed or a count of runs, and lowest first for everything else.
  /// - Throws: `TableError.unknownColumn`.
  func sorted(by column: String, descending: Bool?) throws -> [Table] {
    try requireColumn(column)
    return map { table in
      guard let place = table.index(of: column) else { return table }
      // The rows stand best first.
      if descending == nil, table.columns[place].isRanking { return table }
      let isDescending = descending ?? table.columns[place].isBestHighest
      var table = table
      let order = table.rows.enumerated().sorted { a, b in
        guard let one = a.element[place].value else { return b.element[place].value == nil && a.offset < b.offset }
        guard let other = b.element[place].value else { return true }
        if one == other { return a.offset < b.offset }
        return isDescending ? other < one : one < other
      }
      table.rows = order.map(\.element)
      return table
    }
  }

  /// The tables with those columns alone, in that order.
  ///
  /// - Throws: `TableError.unknownColumn`.
  func choosing(_ names: [String]) throws -> [Table] {
    for name in names { try requireColumn(name) }
    return map { table in
      let places = names.compactMap(table.index(of:))
      var chosen = table
      chosen.columns = places.map { place in
        var column = table.columns[place]
        (column.audience, column.isMain, column.importance) = (.all, true, 10)
        return column
      }
      chosen.rows = table.rows.map { row in places.map { row[$0] } }
      return chosen
    }
  }

  private func check(_ condition: TableFilter.Condition) throws {
    try requireColumn(condition.column)
    guard case .text(let value) = condition.value, condition.relation != .equal, condition.relation != .unequal else {
      return
    }
    let holdsNumbers = contains { table in table.index(of: condition.column).map(table.isNumeric) ?? false }
    if holdsNumbers { throw TableError.notANumber(column: condition.column, value: value) }
  }

  private func requireColumn(_ name: String) throws {
    guard !contains(where: { $0.index(of: name) != nil }) else { return }
    throw TableError.unknownColumn(name, known: Table.joined(self).columns.map(\.name))
  }
}
