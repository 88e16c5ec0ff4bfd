import GradientCheck
import Testing

@testable import Kernels

/// What a caller gets wrong ends the program with words, also in the build without checks.
@Suite struct ContractTests {
  @Test("A token beyond the vocabulary isn't embedded")
  func token() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (x, tokens, positions) = (FloatBuffer(count: 4), FloatBuffer(count: 4), FloatBuffer(count: 4))
      embeddingForward(
        x.matrix(1, 4), tokens: [1], tokenEmbed: tokens.matrix(1, 4), posEmbed: positions.matrix(1, 4),
        positions: 0..<1, team: Team())
    }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self).contains("token 1 is beyond the vocabulary of 1"))
  }

  @Test("A token beyond the vocabulary gets no gradient")
  func gradientToken() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (dx, tokens, positions) = (FloatBuffer(count: 4), FloatBuffer(count: 4), FloatBuffer(count: 4))
      embeddingBackward(
        dTokenEmbed: tokens.matrix(1, 4), dPosEmbed: positions.matrix(1, 4), dx: dx.matrix(1, 4), tokens: [1],
        length: 1,
        team: Team())
    }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self).contains("token 1 is beyond the vocabulary of 1"))
  }

  @Test("Rows that a matrix doesn't have aren't viewed")
  func rows() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = FloatBuffer(count: 8).matrix(2, 4).rows(1..<3)
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("rows 1..<3 of"))
  }

  @Test("A target beyond the vocabulary has no loss")
  func target() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let logits = FloatBuffer(count: 32)
      _ = crossEntropy(Matrix(logits.pointer, 2, 1, stride: 16), targets: [-1], gradientScale: nil, team: Team())
    }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self).contains("token -1 is beyond the vocabulary of 2"))
  }

  @Test("Factors whose shapes don't fit aren't multiplied")
  func product() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let numbers = FloatBuffer(count: 64)
      multiply(into: numbers.matrix(2, 3), numbers.matrix(2, 4), numbers.matrix(5, 3), team: Team())
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("don't fit"))
  }

  @Test("A slope of another shape than the product's isn't taken")
  func slope() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let numbers = FloatBuffer(count: 64)
      multiply(
        into: numbers.matrix(2, 3), numbers.matrix(2, 4), numbers.matrix(4, 3), times: numbers.matrix(1, 3),
        team: Team())
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("hasn't the shape"))
  }

  @Test("An attention over more positions than there are isn't computed")
  func attention() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (out, qkv, weights) = (FloatBuffer(count: 12), FloatBuffer(count: 36), FloatBuffer(count: 1000))
      let sizes = AttentionSizes(sequences: 1, length: 4, heads: 1, headSize: 4)
      attentionForward(out.matrix(3, 4), weights: weights.pointer, qkv.matrix(3, 12), sizes, team: Team())
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("don't fit"))
  }
}
