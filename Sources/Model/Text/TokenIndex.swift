/// Finds a token by its bytes: a hash table with linear probing, for text is looked up a million times where a
/// dictionary of strings would make each word a string first.
struct TokenIndex: Sendable {
  /// The index of each token of one byte, or −1: no hashing for plain characters.
  private var single = [Int32](repeating: -1, count: 256)
  /// Token indices, −1 for free; at most half full, and a power of two.
  private var buckets: [Int32]
  /// The bytes of token i are `letters[ends[i] ..< ends[i + 1]]`.
  private var letters: [UInt8] = []
  private var ends: [Int] = [0]

  /// The number of tokens.
  var count: Int { ends.count - 1 }

  init(_ vocabulary: [String] = []) {
    buckets = [Int32](repeating: -1, count: 64)
    for entry in vocabulary {
      var entry = entry
      entry.withUTF8 { _ = insert($0) }
    }
  }

  /// The index of the token with these bytes, one at least.
  @inline(__always)
  func token(of bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
    let token = bytes.count == 1 ? single[Int(bytes[0])] : buckets[bucket(of: bytes)]
    return token < 0 ? nil : token
  }

  /// The index of the token with these bytes, which gets the next one if it is new.
  mutating func insert(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
    if let token = token(of: bytes) { return token }
    let token = Int32(count)
    letters.append(contentsOf: bytes)
    ends.append(letters.count)
    if bytes.count == 1 { single[Int(bytes[0])] = token }
    if 2 * count > buckets.count {
      buckets = [Int32](repeating: -1, count: 2 * buckets.count)
      for old in 0..<Int32(count) {
        letters[ends[Int(old)]..<ends[Int(old) + 1]].withUnsafeBufferPointer { buckets[bucket(of: $0)] = old }
      }
    } else {
      buckets[bucket(of: bytes)] = token
    }
    return token
  }

  /// The bytes of a token.
  func bytes(of token: Int32) -> ArraySlice<UInt8> {
    letters[ends[Int(token)]..<ends[Int(token) + 1]]
  }

  /// Where a token of these bytes is, or where it would go.
  private func bucket(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
    // FNV-1a; words are short.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var bucket = Int(truncatingIfNeeded: hash ^ (hash >> 32)) & (buckets.count - 1)
    while buckets[bucket] >= 0, !self.bytes(of: buckets[bucket]).elementsEqual(bytes) {
      bucket = (bucket + 1) & (buckets.count - 1)
    }
    return bucket
  }
}
