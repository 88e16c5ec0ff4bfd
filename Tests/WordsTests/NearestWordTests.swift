import Testing

@testable import Words

@Suite(.timeLimit(.minutes(10)))
struct NearestWordTests {
  @Test(
    "The distance counts letters inserted, deleted, replaced or swapped with their neighbour",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("heads", "heads", 0), ("head", "heads", 1), ("haeds", "heads", 1),
      ("layers", "lawyer", 2), ("kitten", "sitting", 3), ("ab", "ba", 1), ("abcd", "badc", 2), ("ca", "abc", 3),
      ("größe", "grosse", 3),
    ])
  func distance(a: String, b: String, distance: Int) {
    #expect(editDistance(a, b) == distance)
    #expect(editDistance(b, a) == distance)
  }

  @Test(
    "A word is near within two edits and a third of its letters, whatever the case; the first of the nearest",
    arguments: [
      ("heads", "heads"), ("HEADS", "heads"), ("hads", "heads"), ("hds", nil), ("optimiser", "optimizer"),
      ("optimisr", "optimizer"), ("optimis", nil), ("l", "lr"), ("x", nil), ("rl", "lr"), ("", nil),
    ])
  func near(text: String, expected: String?) {
    #expect(nearest(to: text, in: ["heads", "optimizer", "lr"]) == expected)
    #expect(nearest(to: "cat", in: ["bat", "hat"]) == "bat")
  }
}
