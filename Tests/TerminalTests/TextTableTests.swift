import Terminal
import Testing

@Suite(.timeLimit(.minutes(10)))
struct TextTableTests {
  @Test("Numbers stand to the right, words to the left, and no line ends in spaces")
  func alignment() {
    var table = TextTable(["name", "loss", "state"])
    table.add(["a", "12.5", "finished"])
    table.add(["longer", "–", "x"])
    #expect(
      table.lines == [
        "name    loss  state",
        "a       12.5  finished",
        "longer     –  x",
      ])
  }

  @Test("Wide characters take two columns")
  func wide() {
    var table = TextTable(["name", "n"])
    table.add(["中文", "1"])
    table.add(["🦊", "22"])
    table.add(["größe", "3"])
    #expect(table.lines == ["name    n", "中文    1", "🦊     22", "größe   3"])
  }

  private static var results: TextTable {
    var table = TextTable(["#", "optimizer", "loss", "tokens/s", "runs"])
    table.add(["1", "adamw", "2.10 ± 0.04", "106 k", "3 finished"])
    table.add(["2", "sgd", "2.35 ± 0.10", "97.2 k", "2 finished, 1 diverged"])
    return table
  }

  @Test("Columns go, the least important first, until the others fit")
  func narrow() {
    let table = Self.results
    #expect(table.lines(within: nil, dropping: [4, 3]) == table.lines)
    #expect(table.lines(within: 59, dropping: [4, 3]) == table.lines)
    #expect(table.columns(within: 58, dropping: [4, 3]) == [0, 1, 2, 3])
    #expect(
      table.lines(within: 34, dropping: [4, 3]) == [
        "#  optimizer         loss",
        "1  adamw      2.10 ± 0.04",
        "2  sgd        2.35 ± 0.10",
      ])
    // No more go than must.
    #expect(table.columns(within: 35, dropping: [4, 3]) == [0, 1, 2, 3])
    #expect(table.columns(within: 1, dropping: [4, 3]) == [0, 1, 2])
  }

  @Test("Where the columns that stay don't fit, words are cut and numbers aren't", arguments: 18...60)
  func cut(width: Int) {
    let lines = Self.results.lines(within: width, dropping: [4, 3])
    #expect(lines.allSatisfy { $0.displayWidth <= width })
    #expect(lines[1].contains("2.10 ± 0.04") && lines[1].hasPrefix("1  a"))
    #expect(lines[1].contains("adamw") == (width >= 21))
  }

  @Test("A cell's style is asked for by its place among all columns, and of the text that is shown")
  func styledCells() {
    let lines = Self.results.lines(within: 20, dropping: [4, 3, 0]) { text, row, column in
      row == 1 && column == 1 ? "<\(text)>" : text
    }
    #expect(lines[2] == "<sgd>      2.35 ± 0.10")
  }

  @Test("A text is cut to columns, not to characters")
  func shortened() {
    #expect("größer".shortened(to: 6) == "größer")
    #expect("größer".shortened(to: 5) == "größ…")
    #expect("中文字".shortened(to: 5) == "中文…")
    #expect("中文字".shortened(to: 4) == "中…")
    #expect("ab".shortened(to: 0) == "")
  }

  @Test("A table without rows is its header")
  func empty() { #expect(TextTable(["a", "b"]).lines == ["a  b"]) }

  @Test("Text is broken between words; a word longer than the line stands alone")
  func wrapped() {
    #expect("one two three".wrapped(to: 7) == ["one two", "three"])
    #expect("a incomprehensible b".wrapped(to: 5) == ["a", "incomprehensible", "b"])
    #expect("".wrapped(to: 5) == [])
  }
}
