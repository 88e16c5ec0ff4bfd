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
  /// A side of a comparison that can't be read or chooses nothing, and why.
  case badSide(String, String)
  /// A comparison that several experiments could make.
  case severalExperiments([String])
  /// A figure that no report has.
  case unknownFigure(String, known: [String])
  /// A size that can't be read.
  case badSize(String)

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
    case .badSide(let text, let reason):
      "--compare \"\(text)\": \(reason). Name a run (run:12) or values of axes (lr=0.003,optimizer=adamw)."
    case .severalExperiments(let names):
      "--compare: \(names.joined(separator: ", ")) have both; name one experiment before --compare."
    case .unknownFigure(let name, let known):
      if let near = nearest(to: name, in: known) {
        "--figure \"\(name)\": no such figure; did you mean \"\(near)\"?"
      } else {
        "--figure \"\(name)\": no such figure. There are: \(known.joined(separator: ", "))."
      }
    case .badSize(let text):
      "--size \"\(text)\": write a width, or width and height, such as 3.3in, 84mm or 3.3inx2.2in."
    case .badPivot(let text):
      "--pivot \"\(text)\": name two different keys, such as --pivot d_model,lr."
    }
  }
}
