/// The least number of letters to insert, delete, replace or swap with their neighbour to turn one text into the other
/// (Damerau 1964; the "optimal string alignment" form).
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var rows = [Array(0...b.count)]
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}

/// The word that the user probably meant: the nearest within two edits, and within a third of its letters.
public func nearest(to text: String, in words: [String]) -> String? {
  guard text.count <= 100 else { return nil }
  let near = words.map { (word: $0, distance: editDistance(text.lowercased(), $0)) }
    .filter { $0.distance <= min(2, max(1, $0.word.count / 3)) }
  return near.min { $0.distance < $1.distance }?.word
}
