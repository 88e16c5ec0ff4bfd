/// Adds the vector `bias` of x's columns to each row of x.
package func addBias(_ x: Matrix, _ bias: UnsafeMutablePointer<Float>, team: Team) {
  let columns = x.columns
  team.share(x.rows, work: x.rows * columns) { rows, _ in
    for row in rows {
      let x = x.row(row)
      forEachLanes(columns) { i in
        x.setLanes(i, x.lanes(i) + bias.lanes(i))
      } partial: { i, count in
        x.setLanes(i, x.lanes(i, count: count) + bias.lanes(i, count: count), count: count)
      }
    }
  }
}

/// Adds the sum of dy's rows to the gradient of a bias.
package func biasBackward(_ dbias: UnsafeMutablePointer<Float>, dy: Matrix, team: Team) {
  // Threads divide the columns, because all rows add to the same gradient.
  team.share(dy.columns, inMultiplesOf: Lanes.scalarCount, work: dy.rows * dy.columns) { columns, _ in
    let dbias = dbias + columns.lowerBound
    for row in 0..<dy.rows {
      let dy = dy.row(row) + columns.lowerBound
      forEachLanes(columns.count) { i in
        dbias.setLanes(i, dbias.lanes(i) + dy.lanes(i))
      } partial: { i, count in
        dbias.setLanes(i, dbias.lanes(i, count: count) + dy.lanes(i, count: count), count: count)
      }
    }
  }
}
