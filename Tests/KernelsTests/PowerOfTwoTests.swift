import Foundation
import Testing

@testable import Kernels

@Suite struct PowerOfTwoTests {
  @Test("a power of two is within 2 units in the last place of the C library's over its whole range")
  func accuracy() {
    var worst = 0.0
    var x: Float = -125.4
    while x < 126.9 {
      let exact = exp2(Double(x))
      let ours = Double(powerOfTwo(Lanes(repeating: x))[3])
      worst = max(worst, abs(ours - exact) / exact)
      x += 0.0137
    }
    #expect(worst < 2 * 0x1p-23)
  }

  @Test("far below zero it is nothing beside 1, at zero it is 1, and what isn't a number stays so")
  func edges() {
    let y = ([-.infinity, -200, -126.5, 0, -0.0, .nan, 1e-30, 200] as [Float]).map {
      powerOfTwo(Lanes(repeating: $0))[Lanes.scalarCount - 1]
    }
    #expect(y[0] >= 0 && y[0] < 2e-38 && y[1] == y[0] && y[2] == y[0])
    #expect(y[3] == 1 && y[4] == 1 && y[6] == 1)
    #expect(y[5].isNaN)
    #expect(y[7].isFinite && y[7] > 1e38)
  }
}
