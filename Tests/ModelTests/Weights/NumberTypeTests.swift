import Testing

@testable import Model

@Suite struct NumberTypeTests {
  @Test("every number in half precision becomes the same in single precision") func halves() {
    #if !(os(macOS) && arch(x86_64))
      for bits in UInt16.min...UInt16.max {
        let (own, other) = (NumberType.float(ofHalf: bits), Float(Float16(bitPattern: bits)))
        #expect(own.isNaN && other.isNaN || own.bitPattern == other.bitPattern, "\(bits)")
      }
    #endif
    #expect(NumberType.float(ofHalf: 0x3555) == 0.333251953125)
  }

  @Test("numbers are read from little-endian bytes of each type")
  func bytes() {
    func floats<Number>(_ type: NumberType, _ numbers: [Number]) -> [Float] { numbers.withUnsafeBytes(type.floats) }
    #expect(floats(.single, [1.5, -2] as [Float]) == [1.5, -2])
    #expect(floats(.double, [1.5, 0.1] as [Double]) == [1.5, 0.1])
    #expect(floats(.brainFloat, [0x3FC0, 0xC000] as [UInt16]) == [1.5, -2])
    #expect(floats(.half, [0x3E00, 0xC000] as [UInt16]) == [1.5, -2])
  }
}
