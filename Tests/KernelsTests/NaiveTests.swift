import Foundation
import GradientCheck
import Testing

@testable import Kernels

/// Each kernel beside its naive twin in double precision, over odd and tiny shapes and wider rows, on one thread and on three. The
/// product's twin is its definition, in `ProductTests`.
@Suite(.timeLimit(.minutes(10)))
struct NaiveTests {
  static let sizes = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 65]

  private static func team(_ threads: Int) -> Team {
    let team = Team(threads: threads)
    team.leastWork = 1
    return team
  }

  private func doubles(_ buffer: FloatBuffer) -> [Double] { buffer.elements.map(Double.init) }

  /// The rows of a matrix, without what lies between them.
  private func doubles(_ matrix: Matrix) -> [Double] {
    (0..<matrix.rows).flatMap { row in (0..<matrix.columns).map { Double(matrix.row(row)[$0]) } }
  }

  /// A random matrix whose rows are `gap` floats further apart than they are wide; the buffer keeps the memory.
  private func random(_ rows: Int, _ columns: Int, gap: Int = 0, _ name: String) -> (
    matrix: Matrix, buffer: FloatBuffer
  ) {
    let buffer = FloatBuffer.random(rows * (columns + gap), name)
    return (Matrix(buffer.pointer, rows, columns, stride: columns + gap), buffer)
  }

  private func expectClose(
    _ found: [Double], _ expected: [Double], _ what: String, tolerance: Double = 2e-6,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    let scale = max(1, expected.map(abs).max() ?? 1)
    let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
    #expect(difference <= tolerance * scale, "\(what) differs by \(difference)", sourceLocation: sourceLocation)
  }

  @Test("RMSNorm", arguments: sizes, [1, 3])
  func rmsNorm(C: Int, threads: Int) {
    let (rows, team) = (5, Self.team(threads))
    let (x, y, dx, dy) = (
      random(rows, C, gap: 3, "x"), random(rows, C, gap: 5, "y"), random(rows, C, gap: 1, "dx"), random(rows, C, "dy")
    )
    let (gamma, inverse) = (FloatBuffer.random(C, in: 0.5...1.5, "gamma"), FloatBuffer(count: rows))
    let (former, dgamma) = (doubles(dx.matrix), FloatBuffer(count: C))
    rmsNormForward(y.matrix, inverse: inverse.pointer, x.matrix, gamma: gamma.pointer, epsilon: 1e-5, team: team)
    expectClose(doubles(y.matrix), Naive.rmsNorm(doubles(x.matrix), gamma: doubles(gamma)), "y")
    rmsNormBackward(
      dx: dx.matrix, dgamma: dgamma.pointer, dy: dy.matrix, x.matrix, inverse: inverse.pointer, gamma: gamma.pointer,
      team: team)
    let expected = Naive.rmsNormGradients(doubles(x.matrix), gamma: doubles(gamma), dy: doubles(dy.matrix))
    expectClose(doubles(dx.matrix), zip(former, expected.dx).map { $0 + $1 }, "dx", tolerance: 1e-5)
    expectClose(doubles(dgamma), expected.dgamma, "dgamma", tolerance: 1e-5)
  }

  @Test("GELU and its derivative, far out too", arguments: sizes, [1, 3])
  func gelu(count: Int, threads: Int) {
    let (x, slope) = (FloatBuffer.random(count, in: -12...12, "x"), FloatBuffer(count: count))
    let expected = doubles(x).map(Naive.gelu)
    activationForward(.gelu, x.pointer, slope: slope.pointer, count, team: Self.team(threads))
    expectClose(doubles(x), expected.map(\.value), "gelu")
    expectClose(doubles(slope), expected.map(\.slope), "gelu'")
  }

  @Test(
    "Attention, forward and backward",
    arguments: [
      (1, 1, 1, 1), (1, 2, 1, 3), (2, 3, 2, 2), (1, 7, 3, 5), (2, 15, 1, 8), (1, 16, 2, 16), (1, 17, 1, 7),
      (3, 31, 2, 9),
      (1, 33, 1, 33), (1, 65, 2, 12),
    ] as [(Int, Int, Int, Int)], [1, 3])
  func attention(shape: (B: Int, T: Int, H: Int, D: Int), threads: Int) {
    let (B, T, H, D) = shape
    let (C, team) = (H * D, Self.team(threads))
    let sizes = AttentionSizes(sequences: B, length: T, heads: H, headSize: D)
    let (qkv, dout) = (random(B * T, 3 * C, "qkv"), random(B * T, C, "dout"))
    let (out, dqkv) = (random(B * T, C, "out"), random(B * T, 3 * C, "dqkv"))
    let weights = FloatBuffer(count: sizes.headCount * sizes.weightsCount)
    attentionForward(out.matrix, weights: weights.pointer, qkv.matrix, sizes, team: team)
    attentionBackward(dqkv: dqkv.matrix, dout: dout.matrix, weights: weights.pointer, qkv.matrix, sizes, team: team)
    for b in 0..<B {
      for h in 0..<H {
        func part(_ part: Int, of matrix: Matrix) -> [Double] { doubles(sizes.part(part, of: matrix, b, h)) }
        let head = Naive.Head(
          T: T, D: D, q: part(0, of: qkv.matrix), k: part(1, of: qkv.matrix), v: part(2, of: qkv.matrix))
        expectClose(doubles(sizes.head(h, of: out.matrix, b)), head.output, "out of \(b), \(h)")
        let gradients = head.gradients(doubles(sizes.head(h, of: dout.matrix, b)))
        for (place, name) in ["dq", "dk", "dv"].enumerated() {
          expectClose(part(place, of: dqkv.matrix), gradients[place], "\(name) of \(b), \(h)", tolerance: 5e-6)
        }
      }
    }
  }

  @Test("Cross-entropy and its gradient", arguments: sizes.filter { $0 > 1 }, [1, 3])
  func crossEntropy(V: Int, threads: Int) {
    let (positions, scale) = (19, Float(0.25))
    let stride = FloatBuffer.stride(ofRows: positions)
    let logits = FloatBuffer.random(V * stride, in: -9...9, "logits")
    let x = Matrix(logits.pointer, V, positions, stride: stride)
    let targets = (0..<positions).map { Int32($0 * 7 % V) }
    let columns = (0..<positions).map { position in (0..<V).map { Double(x.row($0)[position]) } }
    let expected = zip(columns, targets).map { Naive.crossEntropy($0, target: Int($1)) }
    let loss = Kernels.crossEntropy(x, targets: targets, gradientScale: scale, team: Self.team(threads))
    expectClose([loss], [expected.reduce(0) { $0 + $1.loss }], "loss")
    for position in 0..<positions {
      let gradient = (0..<V).map { Double(x.row($0)[position]) }
      expectClose(gradient, expected[position].gradient.map { $0 * Double(scale) }, "gradient at \(position)")
    }
  }

  @Test("Embedding, forward and backward, of tokens that occur again", arguments: sizes, [1, 3])
  func embedding(C: Int, threads: Int) {
    let (V, T, B, team) = (5, 3, 4, Self.team(threads))
    let tokens = (0..<B * T).map { Int32($0 * 3 % V) }
    let (token, position, x) = (random(V, C, "token"), random(T, C, "position"), random(B * T, C, gap: 2, "x"))
    embeddingForward(
      x.matrix, tokens: tokens, tokenEmbed: token.matrix, posEmbed: position.matrix, positions: 0..<T, team: team)
    let sums = (0..<B * T).flatMap { row in
      (0..<C).map { Double(token.matrix.row(Int(tokens[row]))[$0]) + Double(position.matrix.row(row % T)[$0]) }
    }
    expectClose(doubles(x.matrix), sums, "x")
    let (dx, dToken, dPosition) = (random(B * T, C, "dx"), FloatBuffer(count: V * C), FloatBuffer(count: T * C))
    embeddingBackward(
      dTokenEmbed: dToken.matrix(V, C), dPosEmbed: dPosition.matrix(T, C), dx: dx.matrix, tokens: tokens, length: T,
      team: team)
    var (expectedToken, expectedPosition) = ([Double](repeating: 0, count: V * C), [Double](repeating: 0, count: T * C))
    for row in 0..<B * T {
      for c in 0..<C {
        expectedToken[Int(tokens[row]) * C + c] += Double(dx.matrix.row(row)[c])
        expectedPosition[row % T * C + c] += Double(dx.matrix.row(row)[c])
      }
    }
    expectClose(doubles(dToken), expectedToken, "dtoken")
    expectClose(doubles(dPosition), expectedPosition, "dposition")
  }

  @Test("The norm of a gradient", arguments: sizes + [4095, 4096, 9001], [1, 3])
  func norm(count: Int, threads: Int) {
    let x = FloatBuffer.random(count, "x")
    let expected = doubles(x).reduce(0) { $0 + $1 * $1 }.squareRoot()
    expectClose([Kernels.norm(x.pointer, count, team: Self.team(threads))], [expected], "norm")
  }
}
