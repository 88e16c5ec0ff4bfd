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
  /// - Throws: `TableError.unknownColumn`.
  func sorted(by column: String, descending: Bool) throws -> [Table] {
    try requireColumn(column)
    return map { table in
      guard let place = table.index(of: column) else { return table }
      var table = table
      let order = table.rows.enumerated().sorted { a, b in
        guard let one = a.element[place].value else { return b.element[place].value == nil && a.offset < b.offset }
        guard let other = b.element[place].value else { return true }
        if one == other { return a.offset < b.offset }
        return descending ? other < one : one < other
      }
      table.rows = order.map(\.element)
      return table
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
