import Foundation
import Testing

@testable import Model

@Suite struct CrossEntropyTests {
  @Test("the reported probability has a floor of 1e-12; the gradient has none")
  func floor() {
    let logits = FloatBuffer(count: 2)
    logits.pointer[0] = 80
    let loss = crossEntropy(logits.matrix(1, 2), targets: [1], gradientScale: 1)
    #expect(abs(loss - -log(1e-12)) < 1e-9)
    #expect(logits.pointer[0] == 1 && logits.pointer[1] == -1)
  }

  @Test("equal logits cost ln V")
  func uniform() {
    let logits = FloatBuffer(count: 3 * 10)
    let loss = crossEntropy(logits.matrix(3, 10), targets: [0, 4, 9], gradientScale: nil)
    #expect(abs(loss / 3 - log(10)) < 1e-6)
  }

  @Test("a logit that isn't a number makes the loss none", arguments: [Float.nan, .infinity])
  func notFinite(value: Float) {
    let logits = FloatBuffer(count: 9)
    logits.pointer[2] = value
    #expect(!crossEntropy(logits.matrix(1, 9), targets: [4], gradientScale: 1).isFinite)
  }
}
