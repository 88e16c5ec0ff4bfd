import Answers
import Store

extension Table {
  /// The measure with the values of one key down and those of another across. A cell in which several
  /// configurations fall shows the best of them, so that its spread is that of the seeds.
  ///
  /// - Throws: `TableError.unknownColumn` where a key is none of the experiment's.
  static func pivot(_ results: ExperimentResults, rows rowKey: String, columns columnKey: String) throws -> Table {
    let known = results.varyingKeys + results.fixedKeys
    for key in [rowKey, columnKey] where !known.contains(key) { throw TableError.unknownColumn(key, known: known) }
    func values(_ key: String) -> [Scalar] { Set(results.configurations.compactMap { $0.settings[key] }).sorted() }
    let (down, across) = (values(rowKey), values(columnKey))
    let digits = (down: Scalar.digits(telling: down), across: Scalar.digits(telling: across))
    let others = results.tellingKeys.filter { $0 != rowKey && $0 != columnKey }

    var table = Table(
      title: results.experiment.name,
      caption:
        "\(results.measure.phrase) (\(results.measure.shortUnit)) by \(rowKey) and \(columnKey): mean ± standard deviation over the "
        + "finished seeds (their number)"
        + (others.isEmpty ? "" : "; each cell the best over \(others.joined(separator: ", "))"),
      columns: [Column(name: rowKey, title: "\(rowKey) \\ \(columnKey)", importance: 9)], rows: [])
    for value in across {
      table.columns += [
        Column(name: "\(columnKey)=\(value.exact)", title: value.label(digits: digits.across), importance: 8),
        Column(name: "\(columnKey)=\(value.exact) sd", title: "sd", audience: .programs),
        Column(name: "\(columnKey)=\(value.exact) seeds", title: "seeds", audience: .programs),
      ]
    }
    table.rows = down.map { row in
      [Cell(value: row, text: row.label(digits: digits.down))]
        + across.flatMap { column -> [Cell] in
          let here = results.configurations.filter { $0.settings[rowKey] == row && $0.settings[columnKey] == column }
          // Configurations stand best first.
          guard let result = here.first, let loss = result.score else {
            return [Cell(value: nil, text: here.first?.states ?? "–"), .empty, .empty]
          }
          return [
            Cell(value: .number(loss.mean), text: loss.text, isBest: results.isBest(result)), .number(loss.deviation),
            .number(Double(loss.count)),
          ]
        }
    }
    return table
  }
}
