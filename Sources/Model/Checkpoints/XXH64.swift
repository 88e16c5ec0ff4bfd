/// XXH64 with seed 0, a checksum at the memory's speed: it tells a torn or damaged file, not a forged one. Yann Collet,
/// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
struct XXH64 {
  private static let p1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let p2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let p3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let p4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let p5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The accumulators of a stripe's four words.
  private var (a, b, c, d) = (p1 &+ p2, p2, UInt64(0), 0 &- p1)
  /// The last bytes, fewer than the 32 of a stripe.
  private var tail: [UInt8] = []
  private var count = 0

  /// The checksum of all the bytes.
  static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    var checksum = XXH64()
    checksum.append(bytes)
    return checksum.value
  }

  /// Goes on with more bytes.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    count += bytes.count
    var at = 0
    if !tail.isEmpty {
      at = min(32 - tail.count, bytes.count)
      tail += bytes[..<at]
      guard tail.count == 32 else { return }
      tail.withUnsafeBytes { addStripe($0, 0) }
      tail = []
    }
    while at + 32 <= bytes.count {
      addStripe(bytes, at)
      at += 32
    }
    tail += bytes[at...]
  }

  /// The checksum of all bytes so far.
  var value: UInt64 {
    var hash = Self.p5
    if count >= 32 {
      hash = Self.rotated(a, 1) &+ Self.rotated(b, 7) &+ Self.rotated(c, 12) &+ Self.rotated(d, 18)
      for lane in [a, b, c, d] { hash = (hash ^ Self.round(0, lane)) &* Self.p1 &+ Self.p4 }
    }
    hash &+= UInt64(count)
    tail.withUnsafeBytes { bytes in
      var at = 0
      while at + 8 <= bytes.count {
        hash = Self.rotated(hash ^ Self.round(0, Self.word(bytes, at)), 27) &* Self.p1 &+ Self.p4
        at += 8
      }
      if at + 4 <= bytes.count {
        let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
        hash = Self.rotated(hash ^ UInt64(half) &* Self.p1, 23) &* Self.p2 &+ Self.p3
        at += 4
      }
      while at < bytes.count {
        hash = Self.rotated(hash ^ UInt64(bytes[at]) &* Self.p5, 11) &* Self.p1
        at += 1
      }
    }
    hash = (hash ^ hash >> 33) &* Self.p2
    hash = (hash ^ hash >> 29) &* Self.p3
    return hash ^ hash >> 32
  }

  private mutating func addStripe(_ bytes: UnsafeRawBufferPointer, _ at: Int) {
    a = Self.round(a, Self.word(bytes, at))
    b = Self.round(b, Self.word(bytes, at + 8))
    c = Self.round(c, Self.word(bytes, at + 16))
    d = Self.round(d, Self.word(bytes, at + 24))
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }

  @inline(__always)
  private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 { rotated(lane &+ input &* p2, 31) &* p1 }

  @inline(__always)
  private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }
}
