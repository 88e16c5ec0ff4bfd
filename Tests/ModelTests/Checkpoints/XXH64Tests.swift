import Testing

@testable import Model

@Suite(.timeLimit(.minutes(10)))
struct XXH64Tests {
  @Test(
    "Agrees with the reference implementation at every path through the algorithm",
    arguments: [
      (0, 0xef46_db37_51d8_e999), (1, 0x8a41_2781_1b21_e730), (3, 0xb753_9f64_1e85_bd3e), (4, 0xf3ae_e04b_b871_f546),
      (7, 0x4e79_cbdb_1ec6_4c8d), (8, 0xb965_4900_562a_42d5), (31, 0x2e25_d9ef_0485_2638), (32, 0x09f5_89a5_54e8_f05a),
      (33, 0x93ad_2ebb_d776_1849), (63, 0xf243_490d_27a7_f95e), (100, 0x0291_9356_1fcd_a540),
      (222, 0x71aa_283f_594b_21f7),
    ] as [(Int, UInt64)])
  func reference(count: Int, checksum: UInt64) {
    let bytes = (0..<count).map { (place: Int) -> UInt8 in UInt8((place * (7 * place + 3) + 1) % 251) }
    #expect(bytes.withUnsafeBytes { XXH64.checksum(of: $0) } == checksum)
    // In pieces of whatever size it is the same.
    for size in [1, 7, 31, 32, 33, 50] {
      var pieces = XXH64()
      for start in stride(from: 0, to: count, by: size) {
        bytes[start..<min(start + size, count)].withUnsafeBytes { pieces.append($0) }
        [].withUnsafeBytes { pieces.append($0) }
      }
      #expect(pieces.value == checksum, "in pieces of \(size)")
    }
  }
}
