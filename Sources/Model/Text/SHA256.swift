/// SHA-256 as in FIPS 180-4, section 6.2: the name of a corpus's content, as `sha256sum` prints it.
public enum SHA256 {
  /// The 64 lowercase hexadecimal digits of the message's digest.
  public static func hexDigest(of message: [UInt8]) -> String {
    var state: [UInt32] = [
      0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    let whole = message.count / 64 * 64
    var schedule = [UInt32](repeating: 0, count: 64)
    message.withUnsafeBufferPointer { bytes in
      for block in stride(from: 0, to: whole, by: 64) {
        compress(UnsafeBufferPointer(rebasing: bytes[block..<block + 64]), into: &state, schedule: &schedule)
      }
    }
    let tail = padded(message[whole...], messageLength: message.count)
    tail.withUnsafeBufferPointer { bytes in
      for block in stride(from: 0, to: tail.count, by: 64) {
        compress(UnsafeBufferPointer(rebasing: bytes[block..<block + 64]), into: &state, schedule: &schedule)
      }
    }
    return hex(state)
  }

  /// The last, incomplete block with a one bit, zeros, and the message's length in bits (section 5.1.1).
  private static func padded(_ rest: ArraySlice<UInt8>, messageLength: Int) -> [UInt8] {
    var tail = Array(rest)
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    let bits = UInt64(messageLength) * 8
    for shift in stride(from: 56, through: 0, by: -8) { tail.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift))) }
    return tail
  }

  /// One block of 64 bytes (section 6.2.2).
  private static func compress(
    _ block: UnsafeBufferPointer<UInt8>, into state: inout [UInt32], schedule w: inout [UInt32]
  ) {
    for t in 0..<16 {
      let at = 4 * t
      w[t] =
        UInt32(block[at]) << 24 | UInt32(block[at + 1]) << 16 | UInt32(block[at + 2]) << 8 | UInt32(block[at + 3])
    }
    for t in 16..<64 {
      let s0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ (w[t - 15] >> 3)
      let s1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ (w[t - 2] >> 10)
      w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for t in 0..<64 {
      let t1 =
        h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ ((e & f) ^ (~e & g)) &+ roundConstants[t] &+ w[t]
      let t2 = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ ((a & b) ^ (a & c) ^ (b & c))
      (h, g, f, e) = (g, f, e, d &+ t1)
      (d, c, b, a) = (c, b, a, t1 &+ t2)
    }
    for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
  }

  @inline(__always)
  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    (word >> count) | (word << (32 - count))
  }

  private static func hex(_ words: [UInt32]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for word in words {
      for shift in stride(from: UInt32(28), through: 0, by: -4) { text.append(digits[Int(word >> shift & 15)]) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2).
  private static let roundConstants: [UInt32] = {
    var primes: [UInt64] = []
    var candidate: UInt64 = 2
    while primes.count < 64 {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map { UInt32(truncatingIfNeeded: cubeRoot(of: $0)) }
  }()

  /// floor(2³² · ∛value), exactly: the largest x with x³ ≤ value · 2⁹⁶, found bit by bit.
  private static func cubeRoot(of value: UInt64) -> UInt64 {
    let target = UInt128(value) << 96
    var root: UInt128 = 0
    for bit in stride(from: 35, through: 0, by: -1) {
      let trial = root | (1 << UInt128(bit))
      if trial * trial * trial <= target { root = trial }
    }
    return UInt64(root)
  }
}
