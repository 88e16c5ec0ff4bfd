import Words

/// What is wrong with a question about a table, worded for the user.
enum TableError: Error, Equatable, CustomStringConvertible {
  /// No table has that column.
  case unknownColumn(String, known: [String])
  /// A condition that can't be read, and why.
  case badFilter(String, String)
  /// A text where the column's numbers need one.
  case notANumber(column: String, value: String)
  /// Something other than two keys.
  case badPivot(String)

  var description: String {
    switch self {
    case .unknownColumn(let name, let known):
      if let near = nearest(to: name, in: known) ?? known.first(where: { $0.contains(name) && name.count > 2 }) {
        "\"\(name)\": no such column; did you mean \"\(near)\"?"
      } else {
        "\"\(name)\": no such column. There are: \(known.joined(separator: ", "))."
      }
    case .badFilter(let text, let reason):
      "--where \"\(text)\": \(reason). Write column op value [and ...], such as \"lr <= 0.01 and optimizer = adamw\"."
    case .notANumber(let column, let value):
      "--where: \(column) holds numbers, and \"\(value)\" is none."
    case .badPivot(let text):
      "--pivot \"\(text)\": name two different keys, such as --pivot d_model,lr."
    }
  }
}
