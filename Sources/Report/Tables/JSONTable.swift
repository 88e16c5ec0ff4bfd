import Foundation
import Store

/// A list of objects, one a line: every number in full, null where there is none.
enum JSONTable {
  static func lines(_ table: Table) -> [String] {
    let objects = table.rows.map { row in
      let members = zip(table.columns, row).map { column, cell in "\(string(column.name)): \(value(cell.value))" }
      return "  {" + members.joined(separator: ", ") + "}"
    }
    return ["["] + objects.dropLast().map { $0 + "," } + objects.suffix(1) + ["]"]
  }

  private static func value(_ value: Scalar?) -> String {
    switch value {
    case nil: "null"
    case .text(let text): string(text)
    case .number, .integer, .bool: value?.exact ?? "null"
    }
  }

  private static func string(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
