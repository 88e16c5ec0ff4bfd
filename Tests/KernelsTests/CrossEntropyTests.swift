import Foundation
import Model
import Testing

@testable import Kernels

@Suite struct CrossEntropyTests {
  /// Logits of 0 for so many tokens and positions.
  func logits(_ V: Int, positions: Int) -> (Matrix, owner: FloatBuffer) {
    let stride = FloatBuffer.stride(ofRows: positions)
    let buffer = FloatBuffer(count: V * stride)
    return (Matrix(buffer.pointer, V, positions, stride: stride), buffer)
  }

  @Test("the reported probability has a floor of 1e-12; the gradient has none")
  func floor() {
    let (logits, owner) = logits(2, positions: 1)
    logits.row(0)[0] = 80
    let loss = crossEntropy(logits, targets: [1], gradientScale: 1, team: Team())
    #expect(abs(loss - -log(1e-12)) < 1e-9)
    #expect(logits.row(0)[0] == 1 && logits.row(1)[0] == -1)
    withExtendedLifetime(owner) {}
  }

  @Test("equal logits cost ln V", arguments: [1, 2, 10, 65, 5000])
  func uniform(V: Int) {
    let (logits, owner) = logits(V, positions: 3)
    let loss = crossEntropy(logits, targets: [0, Int32(V / 2), Int32(V - 1)], gradientScale: nil, team: Team())
    #expect(abs(loss / 3 - log(Double(V))) < 1e-6)
    withExtendedLifetime(owner) {}
  }

  @Test("the losses of the positions add up to the loss, and each is that of its position alone")
  func positions() {
    let (logits, owner) = logits(7, positions: 37)
    for (index, _) in owner.elements.enumerated() { owner.pointer[index] = Float(index % 13) / 4 }
    let targets = (0..<37).map { Int32($0 % 7) }
    var losses = [Double](repeating: .nan, count: 37)
    let sum = losses.withUnsafeMutableBufferPointer {
      crossEntropy(logits, targets: targets, gradientScale: nil, losses: $0.baseAddress, team: Team(threads: 2))
    }
    #expect(abs(losses.reduce(0, +) - sum) < 1e-12)
    for position in 0..<37 {
      let alone = logits.columns(position..<position + 1)
      let exact = (0..<7).reduce(0.0) { $0 + exp(Double(alone.row($1)[0])) }
      #expect(abs(losses[position] - (log(exact) - Double(alone.row(Int(targets[position]))[0]))) < 1e-5)
    }
    #expect(sum == crossEntropy(logits, targets: targets, gradientScale: nil, team: Team()))
    withExtendedLifetime(owner) {}
  }

  @Test("without a scale the logits stay as they are")
  func evaluation() {
    let (logits, owner) = logits(7, positions: 20)
    for (index, _) in owner.elements.enumerated() { owner.pointer[index] = Float(index % 11) }
    let before = Array(owner.elements)
    _ = crossEntropy(logits, targets: [Int32](repeating: 3, count: 20), gradientScale: nil, team: Team())
    #expect(Array(owner.elements) == before)
  }

  @Test("the loss is that of a softmax in double precision, of every position")
  func softmax() {
    let (V, positions) = (300, 37)
    let (logits, owner) = logits(V, positions: positions)
    var random = RandomStream(seed: 4, name: "logits")
    for token in 0..<V { for i in 0..<positions { logits.row(token)[i] = 8 * random.uniform() - 4 } }
    for i in 0..<positions {
      let targets = [Int32](repeating: Int32(i * 7 % V), count: positions)
      let column = (0..<V).map { Double(logits.row($0)[i]) }
      let expected = log(column.reduce(0) { $0 + exp($1) }) - column[i * 7 % V]
      // The sums up to this position and up to the one before.
      let sums = [i + 1, i].map {
        $0 == 0 ? 0 : crossEntropy(logits.columns(0..<$0), targets: targets, gradientScale: nil, team: Team())
      }
      #expect(abs(sums[0] - sums[1] - expected) < 1e-5)
    }
    withExtendedLifetime(owner) {}
  }

  @Test("a logit that isn't a number makes the loss none", arguments: [Float.nan, .infinity])
  func notFinite(value: Float) {
    let (logits, owner) = logits(9, positions: 1)
    logits.row(2)[0] = value
    #expect(!crossEntropy(logits, targets: [4], gradientScale: 1, team: Team()).isFinite)
    withExtendedLifetime(owner) {}
  }
}
