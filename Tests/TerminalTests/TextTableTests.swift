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

  @Test("A text is shortened by the columns it takes, to its beginning and end")
  func shortened() {
    #expect("中文字abc".prefix(columns: 5) == "中文")
    #expect("abc".prefix(columns: 5) == "abc")
    #expect("abcdefghij".shortened(to: 10) == "abcdefghij")
    #expect("abcdefghijk".shortened(to: 10) == "abcdef…ijk")
    #expect("中文字中文字".shortened(to: 7) == "中文…字")
    #expect("abc".shortened(to: 1) == "…")
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
