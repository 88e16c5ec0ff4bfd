/// Encodings of Unicode other than UTF-8.
package enum TextEncoding {
  /// The name, for `iconv -f`, of the encoding that a text seems to have if it isn't UTF-8: by its byte order mark, or since it has NUL
  /// where ASCII has it in wider characters, or spaces and line breaks as 16-bit characters. Nil where nothing speaks for another one.
  ///
  /// In UTF-8 a NUL is a character of its own, so that UTF-16 of English letters is well-formed UTF-8.
  package static func other(of bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return "utf-32" }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "utf-16" }
    let sample = bytes.prefix(1 << 16)
    guard sample.contains(0) else { return nil }
    var nuls = [0, 0, 0, 0]
    for (place, byte) in sample.enumerated() where byte == 0 { nuls[place % 4] += 1 }
    let quarter = sample.count / 4
    func mostly(_ places: Int...) -> Bool { quarter > 0 && places.allSatisfy { nuls[$0] * 10 > quarter * 9 } }
    if mostly(2, 3), mostly(1) || nuls[1] > nuls[0] { return "utf-32le" }
    if mostly(0, 1), mostly(2) || nuls[2] > nuls[3] { return "utf-32be" }
    // In UTF-16 the high byte of a Latin letter is 0: of a third of the characters at least. Other scripts have spaces and line ends,
    // here at least one in fifty characters.
    let (even, odd) = (nuls[0] + nuls[2], nuls[1] + nuls[3])
    let half = sample.count / 2
    if odd * 3 > half, even * 10 < odd { return "utf-16le" }
    if even * 3 > half, odd * 10 < even { return "utf-16be" }
    var (little, big) = (0, 0)
    for place in stride(from: 0, to: sample.count - 1, by: 2) {
      let pair = (sample[place], sample[place + 1])
      if pair == (0x20, 0) || pair == (0x0A, 0) { little += 1 }
      if pair == (0, 0x20) || pair == (0, 0x0A) { big += 1 }
    }
    if little * 50 > half, little > 4 * big { return "utf-16le" }
    if big * 50 > half, big > 4 * little { return "utf-16be" }
    return nil
  }
}
