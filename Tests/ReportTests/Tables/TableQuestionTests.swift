import Answers
import SampleResults
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct TableQuestionTests {
  private let tables = [Table.comparison(results(sampleRuns))]

  private func losses(where text: String) throws -> [String] {
    let places = try tables.places(meeting: try TableFilter(text))
    let column = try #require(tables[0].index(of: "mean_final_loss"))
    return places[0].map { tables[0].rows[$0][column].value?.exact ?? "–" }
  }

  @Test(
    "Conditions compare numbers as numbers and texts as texts, on any column by name or title",
    arguments: [
      ("lr = 0.01", "2.375 2.5"), ("lr=1e-2", "2.375 2.5"), ("lr != 0.01", "2.125 2.625 3.25 1.5"),
      ("lr<0.01 AND d_model = 32", "2.625"), ("lr <= 0.01 and d_model >= 128", "2.125 2.5"),
      ("mean_final_loss > 2.5", "2.625 3.25"), ("loss >= 2.625", "2.625 3.25"), ("diverged = 1", "1.5"),
      ("optimizer = adamw and rank < 3", "2.125 2.375"), ("optimizer = 'adam'", ""),
      ("states = '1 finished, 1 diverged'", "1.5"),
      ("experiment = \"widths\" and rank = 6", "1.5"), ("corpus='sto''ries'", ""), ("sd_final_loss > 0.2", "3.25"),
      ("sd_final_loss != 7 and rank = 6", ""), ("lr < 1e400 and rank = 1", "2.125"), ("lr = inf", ""),
    ])
  func conditions(text: String, expected: String) throws {
    #expect(try losses(where: text).joined(separator: " ") == expected)
  }

  @Test("Numbers that four digits don't tell apart are compared exactly, and shown apart")
  func exact() throws {
    let rates = [0.000_123_41, 0.000_123_44, 0.000_123_49]
    let table = Table.comparison(
      results(zip(rates, [4.25295, 4.3, 4.4]).map { run(dModel: 8, lr: $0, loss: $1) }))
    let place = try #require(table.index(of: "lr"))
    #expect(table.rows.map { $0[place].text } == ["0.00012341", "0.00012344", "0.00012349"])
    for (condition, count) in [
      ("lr = 0.00012341", 1), ("lr > 0.00012341", 2), ("lr >= 0.00012344", 2), ("lr = 0.0001234", 0),
      ("mean_final_loss < 4.2531", 1), ("mean_final_loss = 4.253", 0), ("mean_final_loss < 4.253", 1),
    ] {
      #expect(try [table].places(meeting: try TableFilter(condition))[0].count == count, "\(condition)")
    }
  }

  @Test("A text that looks like a number is compared as a text")
  func textsLikeNumbers() throws {
    let table = Table(
      title: "", caption: "", columns: [Table.Column(name: "experiment", title: "experiment")],
      rows: ["2024", "1e3", "x"].map { [Table.Cell(value: .text($0), text: $0)] })
    for (condition, places) in [
      ("experiment = 2024", [0]), ("experiment = '2024'", [0]), ("experiment = 1e3", [1]), ("experiment = 1000", []),
      ("experiment != 2024", [1, 2]), ("experiment < 2", [1]),
    ] {
      #expect(try [table].places(meeting: try TableFilter(condition)) == [places], "\(condition)")
    }
  }

  @Test(
    "true and false are compared as such",
    arguments: [("= true", [0]), ("= false", [1]), ("!= false", [0]), ("= 1", [])])
  func bools(condition: String, places: [Int]) throws {
    let table = Table(
      title: "", caption: "", columns: [Table.Column(name: "tied_head", title: "tied_head")],
      rows: [true, false].map { [Table.Cell(value: .bool($0), text: "\($0)")] })
    #expect(try [table].places(meeting: try TableFilter("tied_head \(condition)")) == [places])
  }

  @Test("A number is found by what it is shown as")
  func shownAs() throws {
    let tables = [Table.comparison(results([run(dModel: 8, lr: 0.000_316_227_766_016_837_94, loss: 2)]))]
    #expect(try tables.places(meeting: try TableFilter("lr = 0.0003162")) == [[0]])
    #expect(try tables.places(meeting: try TableFilter("lr < 0.0003162")) == [[]])
  }

  @Test(
    "What can't be read is told with what was expected",
    arguments: [
      ("", "expected a column at its end"), ("lr", "expected one of = != < <= > >= at its end"),
      ("lr 3", "expected one of = != < <= > >= where \"3\" stands"),
      ("lr == 3", "expected one of = != < <= > >= where \"==\" stands"),
      ("lr =", "expected a value at its end"), ("lr = = 3", "expected a value where \"=\" stands"),
      ("lr = 3 or x = 1", "expected \"and\" where \"or\" stands"), ("lr = 3 and", "expected a column at its end"),
      ("lr = 3; DROP TABLE runs", "expected \"and\" where \"DROP\" stands"), ("t = 'x", "a quote is never closed"),
      ("t = 'x''", "a quote is never closed"), ("t = 'a' 'b'", "expected \"and\" where 'b' stands"),
    ])
  func unreadable(text: String, reason: String) {
    #expect(throws: TableError.badFilter(text, reason)) { try TableFilter(text) }
  }

  @Test("Quotes within quotes are doubled")
  func quotes() throws {
    #expect(
      try TableFilter("t = 'it''s' and u = \"\"\"\" and v = ''").conditions.map(\.value)
        == [.text("it's"), .text("\""), .text("")])
  }

  @Test("A column that isn't there is told with the nearest that is")
  func unknownColumn() throws {
    let errors = try ["lrr = 1", "final = 1", "xyz = 1"].map { text in
      try #require(throws: TableError.self) { try losses(where: text) }.description
    }
    #expect(errors[0] == "\"lrr\": no such column; did you mean \"lr\"?")
    #expect(errors[1] == "\"final\": no such column; did you mean \"mean_final_loss\"?")
    #expect(errors[2].hasPrefix("\"xyz\": no such column. There are: rank, experiment, d_model, lr, "))
    #expect(throws: TableError.notANumber(column: "lr", value: "x")) { try losses(where: "lr < x") }
    #expect(try losses(where: "lr = x") == [])
  }

  @Test("Rows are sorted by any column, those without a value last")
  func sorting() throws {
    let runs = [run(dModel: 1, lr: 3, loss: nil), run(dModel: 2, lr: 1, loss: 5), run(dModel: 3, lr: 2, loss: 4)]
    let tables = [Table.comparison(results(runs))]
    func order(_ column: String, _ descending: Bool?) throws -> [String] {
      try tables.sorted(by: column, descending: descending)[0].rows.map { $0[2].text }
    }
    #expect(try order("lr", false) == ["2", "3", "1"])
    #expect(try order("lr", true) == ["1", "3", "2"])
    #expect(try order("loss", false) == ["3", "2", "1"])
    #expect(try order("loss", true) == ["2", "3", "1"])
    #expect(throws: TableError.self) { try order("x", false) }
    // As people expect: best first, keys lowest first.
    #expect(try order("loss", nil) == ["3", "2", "1"])
    #expect(try order("lr", nil) == ["2", "3", "1"])
  }

  @Test("Unless told otherwise speeds are sorted highest first, and losses in the order of results")
  func expectedOrder() throws {
    var runs = sampleRuns
    for place in runs.indices { runs[place].outcome.tokensPerSecond = Double(100 * (place / 2)) }
    let tables = [Table.comparison(results(runs))]
    func order(_ column: String, _ descending: Bool? = nil) throws -> [Double?] {
      let place = try #require(tables[0].index(of: column))
      return try tables.sorted(by: column, descending: descending)[0].rows.map { $0[place].value?.number }
    }
    #expect(try order("tokens/s") == [500, 400, 300, 200, 100, 0])
    #expect(try order("tokens/s", false) == [0, 100, 200, 300, 400, 500])
    #expect(try order("mean_seconds") == Array(repeating: nil, count: 6))
    // The last has the lowest mean, but one of its seeds diverged.
    #expect(try order("loss") == [2.125, 2.375, 2.5, 2.625, 3.25, 1.5])
    #expect(try order("loss", false) == [1.5, 2.125, 2.375, 2.5, 2.625, 3.25])
  }

  @Test("Columns are chosen by name or title, in the order asked for")
  func columns() throws {
    let chosen = try tables.choosing(["loss", "heads", "rank"])[0]
    #expect(chosen.columns.map(\.name) == ["mean_final_loss", "heads", "rank"])
    #expect(chosen.rows[0].map(\.text) == ["2.12 ± 0.18 (2)", "4", "1"])
    #expect(chosen.forPeople == chosen && chosen.forPrograms == chosen)
    #expect(throws: TableError.self) { try tables.choosing(["loss", "x"]) }
  }
}
