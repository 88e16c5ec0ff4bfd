import Model

/// Damages bytes at random, the same way for the same seed.
struct Mutator {
  /// What one would find in the wrong place of a text.
  private static let pieces = [
    "\"", "\\", "{", "}", "[", "]", ",", ":", "-", ".", "e", "0", "9", "-1", "1e400", "9223372036854775807",
    "99999999999999999999", "NaN", "null", "true", "\"lr\"", "\"lr\": 1,", "{}", "[]", "\\ud800", "\u{FEFF}", "\0",
    "\n", "é", "{\"from\":",
  ].map { Array($0.utf8) }

  var random: RandomStream

  init(seed: UInt64) { random = RandomStream(seed: seed, name: "mutations") }

  /// The bytes with one to four changes: a byte replaced, some removed or repeated elsewhere, a piece put in, the end cut
  /// off.
  mutating func damaged(_ valid: [UInt8]) -> [UInt8] {
    var bytes = valid
    for _ in 0...random.integer(below: 3) where !bytes.isEmpty {
      let place = random.integer(below: bytes.count)
      let end = min(place + 1 + random.integer(below: 12), bytes.count)
      switch random.integer(below: 6) {
      case 0: bytes[place] = UInt8(random.integer(below: 256))
      case 1: bytes[place] ^= 1 << UInt8(random.integer(below: 8))
      case 2: bytes.removeSubrange(place..<end)
      case 3: bytes.insert(contentsOf: Self.pieces[random.integer(below: Self.pieces.count)], at: place)
      case 4: bytes.insert(contentsOf: bytes[place..<end], at: random.integer(below: bytes.count))
      default: bytes.removeSubrange(place...)
      }
      // Cuts alone would leave the most of a long text's end untried.
      if bytes.count < valid.count / 2, random.integer(below: 2) == 0 { bytes += valid[bytes.count...] }
    }
    return bytes
  }

  /// One of two, each as likely.
  mutating func coin() -> Bool { random.integer(below: 2) == 0 }
}
