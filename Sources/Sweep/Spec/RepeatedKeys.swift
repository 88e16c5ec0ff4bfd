/// The keys that stand twice in one object of a JSON text. Decoders keep one of the two without a word; a user who wrote
/// both should hear of it.
///
/// - Parameter json: Valid JSON.
func repeatedKeys(in json: String) -> [String] {
  var repeated: [String] = []
  var seen: [Set<String>] = []
  var string: String.UTF8View.SubSequence?
  let bytes = json.utf8
  var index = bytes.startIndex
  while index < bytes.endIndex {
    switch bytes[index] {
    case UInt8(ascii: "\""):
      let start = bytes.index(after: index)
      index = start
      while index < bytes.endIndex, bytes[index] != UInt8(ascii: "\"") {
        if bytes[index] == UInt8(ascii: "\\") { index = bytes.index(after: index) }
        index = bytes.index(after: index)
      }
      guard index < bytes.endIndex else { return repeated }
      string = bytes[start..<index]
    case UInt8(ascii: ":"):
      guard let text = string.map({ String(decoding: $0, as: UTF8.self) }), let last = seen.indices.last else { break }
      if !seen[last].insert(text).inserted { repeated.append(text) }
    case UInt8(ascii: "{"): seen.append([])
    case UInt8(ascii: "}"): _ = seen.popLast()
    default: break
    }
    index = bytes.index(after: index)
  }
  return repeated
}
