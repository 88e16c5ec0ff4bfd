import GradientCheck
import Testing

@testable import Kernels

@Suite("Each kernel's backward pass equals finite differences of its forward pass", .timeLimit(.minutes(10)))
struct KernelGradientTests {
  @Test("RMSNorm", arguments: [(1, 1), (1, 6), (3, 7), (2, 8), (5, 19)])
  func rmsNorm(rows: Int, C: Int) {
    let x = FloatBuffer.random(rows * C, "x")
    let gamma = FloatBuffer.random(C, in: 0.5...1.5, "gamma")
    let dy = FloatBuffer.random(rows * C, "dy")
    let (y, inverse) = (FloatBuffer(count: rows * C), FloatBuffer(count: rows))
    func forward() -> Double {
      rmsNormForward(
        y.matrix(rows, C), inverse: inverse.pointer, x.matrix(rows, C), gamma: gamma.pointer, epsilon: 1e-5,
        team: Team())
      return y.weighted(by: dy)
    }
    _ = forward()
    let (dx, dgamma) = (FloatBuffer(count: rows * C), FloatBuffer(count: C))
    rmsNormBackward(
      dx: dx.matrix(rows, C), dgamma: dgamma.pointer, dy: dy.matrix(rows, C), x.matrix(rows, C),
      inverse: inverse.pointer, gamma: gamma.pointer, team: Team())
    expectGradient(of: x.elements, equals: dx.elements, tolerance: 2e-3, "dx", forward)
    expectGradient(of: gamma.elements, equals: dgamma.elements, "dgamma", forward)
  }

  @Test("RMSNorm's backward pass adds to what is there")
  func rmsNormAccumulates() {
    let (rows, C) = (3, 9)
    let (x, dy) = (FloatBuffer.random(rows * C, "x"), FloatBuffer.random(rows * C, "dy"))
    let (gamma, inverse) = (FloatBuffer.random(C, "gamma"), FloatBuffer.random(rows, in: 0.5...2, "inverse"))
    let once = (dx: FloatBuffer(count: rows * C), dgamma: FloatBuffer(count: C))
    let twice = (dx: FloatBuffer(count: rows * C), dgamma: FloatBuffer(count: C))
    for target in [once, twice, twice] {
      rmsNormBackward(
        dx: target.dx.matrix(rows, C), dgamma: target.dgamma.pointer, dy: dy.matrix(rows, C), x.matrix(rows, C),
        inverse: inverse.pointer, gamma: gamma.pointer, team: Team())
    }
    for (a, b) in zip(once.dx.elements, twice.dx.elements) { #expect(abs(2 * a - b) <= 1e-5) }
    for (a, b) in zip(once.dgamma.elements, twice.dgamma.elements) { #expect(abs(2 * a - b) <= 1e-5) }
  }

  @Test("GELU", arguments: [1, 7, 8, 32, 33])
  func gelu(count: Int) {
    let x = FloatBuffer.random(count, in: -4...4, "x")
    let (y, slope) = (FloatBuffer(count: count), FloatBuffer(count: count))
    let dy = FloatBuffer.random(count, "dy")
    func forward() -> Double {
      y.pointer.update(from: x.pointer, count: count)
      activationForward(.gelu, y.pointer, slope: slope.pointer, count, team: Team())
      return y.weighted(by: dy)
    }
    _ = forward()
    let dx = FloatBuffer(count: count)
    dx.pointer.update(from: dy.pointer, count: count)
    slopeBackward(dx.matrix(1, count), slopes: slope.matrix(1, count), team: Team())
    expectGradient(of: x.elements, equals: dx.elements, "dx", forward)
  }

  @Test(
    "attention",
    arguments: [
      (1, 1, 1, 4), (1, 5, 3, 2), (2, 7, 1, 6), (2, 9, 2, 8), (1, 3, 4, 1), (1, 37, 2, 3), (1, 131, 1, 2),
      // Heads that are read as they stand, and several panels wide.
      (1, 37, 2, 16), (1, 20, 1, 48), (1, 19, 1, 64), (1, 9, 1, 70),
    ])
  func attention(B: Int, T: Int, H: Int, D: Int) {
    let (rows, C) = (B * T, H * D)
    let sizes = AttentionSizes(sequences: B, length: T, heads: H, headSize: D)
    let qkv = FloatBuffer.random(rows * 3 * C, "qkv")
    let dout = FloatBuffer.random(rows * C, "dout")
    let (out, weights) = (FloatBuffer(count: rows * C), FloatBuffer(count: B * H * sizes.weightsCount))
    let team = Team()
    // What is read before it was written shows.
    weights.elements.update(repeating: .nan)
    team.share(1, work: 0) { _, scratch in
      let count = max(sizes.forwardScratchCount, sizes.backwardScratchCount)
      scratch(count).update(repeating: .nan, count: count)
    }
    func forward() -> Double {
      attentionForward(out.matrix(rows, C), weights: weights.pointer, qkv.matrix(rows, 3 * C), sizes, team: team)
      return out.weighted(by: dout)
    }
    _ = forward()
    let dqkv = FloatBuffer.random(rows * 3 * C, "rubbish")
    attentionBackward(
      dqkv: dqkv.matrix(rows, 3 * C), dout: dout.matrix(rows, C), weights: weights.pointer,
      qkv.matrix(rows, 3 * C), sizes, team: team)
    expectGradient(of: qkv.elements, equals: dqkv.elements, "dqkv", forward)
  }

  @Test("attention that goes on from a cache equals attention in one go", arguments: [1, 7, 16, 44])
  func attentionFromCache(start: Int) {
    let (T, H, D) = (45, 2, 16)
    let C = H * D
    let qkv = FloatBuffer.random(T * 3 * C, "qkv")
    func attend(_ out: FloatBuffer, length: Int, from start: Int) {
      let sizes = AttentionSizes(sequences: 1, length: length, heads: H, headSize: D)
      let weights = FloatBuffer(count: H * sizes.weightsCount)
      attentionForward(
        out.matrix(length, C), weights: weights.pointer, qkv.matrix(length, 3 * C), sizes, from: start, team: Team())
    }
    let (whole, parts) = (FloatBuffer(count: T * C), FloatBuffer(count: T * C))
    attend(whole, length: T, from: 0)
    attend(parts, length: start, from: 0)
    attend(parts, length: T, from: start)
    for (a, b) in zip(whole.elements, parts.elements) { #expect(abs(a - b) <= 1e-6) }
  }

  @Test("cross-entropy", arguments: [(1, 2), (3, 7), (2, 8), (4, 65), (17, 5), (32, 1)])
  func crossEntropyGradient(positions: Int, V: Int) {
    let stride = FloatBuffer.stride(ofRows: positions)
    let logits = FloatBuffer.random(V * stride, in: -3...3, "logits")
    let targets = (0..<positions).map { Int32(($0 * 5 + 1) % V) }
    let work = FloatBuffer(count: V * stride)
    func forward() -> Double {
      work.pointer.update(from: logits.pointer, count: V * stride)
      return crossEntropy(
        Matrix(work.pointer, V, positions, stride: stride), targets: targets, gradientScale: 0.5, team: Team())
        * 0.5
    }
    _ = forward()
    let gradient = Array(work.elements)
    for token in 0..<V {
      let row = token * stride..<token * stride + positions
      expectGradient(of: .init(rebasing: logits.elements[row]), equals: gradient[row], "dlogits of \(token)", forward)
    }
  }

  @Test(
    "the embedding sums repeated tokens and positions",
    arguments: [(3, 4, 5, 2), (2, 1, 6, 3), (2, 3, 1, 1), (1, 1, 8, 1)])
  func embedding(V: Int, T: Int, C: Int, B: Int) {
    let tokens = (0..<B * T).map { Int32($0 * $0 % 3 % V) }
    let (tokenEmbed, posEmbed) = (FloatBuffer.random(V * C, "token"), FloatBuffer.random(T * C, "position"))
    let (x, dx) = (FloatBuffer(count: B * T * C), FloatBuffer.random(B * T * C, "dx"))
    func forward() -> Double {
      embeddingForward(
        x.matrix(B * T, C), tokens: tokens, tokenEmbed: tokenEmbed.matrix(V, C), posEmbed: posEmbed.matrix(T, C),
        positions: 0..<T, team: Team())
      return x.weighted(by: dx)
    }
    let (dToken, dPosition) = (FloatBuffer(count: V * C), FloatBuffer(count: T * C))
    embeddingBackward(
      dTokenEmbed: dToken.matrix(V, C), dPosEmbed: dPosition.matrix(T, C), dx: dx.matrix(B * T, C), tokens: tokens,
      length: T, team: Team())
    expectGradient(of: tokenEmbed.elements, equals: dToken.elements, "dtokenEmbed", forward)
    expectGradient(of: posEmbed.elements, equals: dPosition.elements, "dposEmbed", forward)
  }

  @Test("a product and its two gradients, also of strided parts", arguments: [(1, 1, 1), (3, 5, 2), (7, 4, 9)])
  func product(M: Int, K: Int, N: Int) {
    // Both factors are columns of wider matrices, as the heads of an attention are.
    let (a, b) = (FloatBuffer.random(M * (K + 3), "a"), FloatBuffer.random(K * (N + 2), "b"))
    let (aView, bView) = (a.matrix(M, K + 3).columns(1..<K + 1), b.matrix(K, N + 2).columns(2..<N + 2))
    let (c, dc) = (FloatBuffer(count: M * N), FloatBuffer.random(M * N, "dc"))
    func forward() -> Double {
      multiply(into: c.matrix(M, N), aView, bView, team: Team())
      return c.weighted(by: dc)
    }
    let (da, db) = (FloatBuffer(count: M * (K + 3)), FloatBuffer(count: K * (N + 2)))
    multiply(
      into: da.matrix(M, K + 3).columns(1..<K + 1), dc.matrix(M, N), bView.transposed, accumulates: true, team: Team())
    multiply(
      into: db.matrix(K, N + 2).columns(2..<N + 2), aView.transposed, dc.matrix(M, N), accumulates: true, team: Team())
    expectGradient(of: a.elements, equals: da.elements, "da", forward)
    expectGradient(of: b.elements, equals: db.elements, "db", forward)
  }
}
