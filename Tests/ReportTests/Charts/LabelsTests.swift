import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct LabelsTests {
  @Test(
    "Long names are shortened, and never where they differ",
    arguments: [
      (["short", "names"], 10, ["short", "names"]),
      (["a-long-name-spring", "a-long-name-summer"], 12, ["a-long-na…ng", "a-long-na…er"]),
      (["the same end of one", "not same end of one"], 12, ["the same en…", "not same en…"]),
      (
        ["corpus a-long-name-spring.txt, lr 1", "corpus a-long-name-summer.txt, lr 1"], 24,
        ["corpus a…ing.txt, lr 1", "corpus a…mer.txt, lr 1"]
      ),
    ])
  func shortened(names: [String], limit: Int, expected: [String]) {
    #expect(Labels.shortened(names, to: limit) == expected)
  }

  @Test("Names that differ in one letter anywhere stay different")
  func distinct() {
    for place in 0..<60 {
      let names = ["a", "b"].map { letter in
        String(repeating: "x", count: place) + letter + String(repeating: "x", count: 59 - place)
      }
      #expect(Set(Labels.shortened(names, to: 20)).count == 2, "\(place)")
    }
  }

  @Test("A title is broken between words, into two lines at most")
  func lines() {
    #expect(Labels.lines("", letters: 10) == [])
    #expect(Labels.lines("one two", letters: 10) == ["one two"])
    #expect(Labels.lines("one two three four", letters: 10) == ["one two", "three four"])
    #expect(Labels.lines("one two three four five", letters: 10) == ["one two", "three fou…"])
    #expect(Labels.lines(String(repeating: "x", count: 25), letters: 10) == ["xxxxxxxxxx", "xxxxxxxxx…"])
  }
}
