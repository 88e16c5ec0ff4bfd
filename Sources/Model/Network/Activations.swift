import Kernels

/// What a forward pass leaves behind for the backward pass and for later positions, in one allocation.
///
/// Sized for a number of sequences at full context; a pass may use less of it. The keys and values of earlier positions
/// are the cache that makes generation fast.
final class Activations {
  /// What one block leaves behind. N = sequences · positions.
  struct Block {
    /// (N, C) The residual stream that enters the block, and that between its two halves.
    let input, middle: Matrix
    /// (N, C) The normalized input of each half; (N) what the norm's backward pass needs.
    let norm1, norm2: Matrix
    let inverse1, inverse2: UnsafeMutablePointer<Float>
    /// (N, 3C) Queries, keys and values.
    let qkv: Matrix
    /// (B, H, T, T) Attention weights, as `AttentionSizes` lays them out.
    let weights: UnsafeMutablePointer<Float>
    /// (N, C) The heads' outputs side by side.
    let heads: Matrix
    /// (N, F) gelu(x) and gelu'(x) of the feed-forward layer.
    let hidden, slope: Matrix
  }

  /// What the backward pass writes on its way; nothing of it outlives the pass.
  struct Gradients {
    /// (N, C) Of the residual stream, and of what enters a product.
    let stream, product: Matrix
    /// (N, 3C) and (N, F).
    let qkv, hidden: Matrix
  }

  let architecture: Architecture
  let sequences: Int
  let blocks: [Block]
  /// (N, C) The residual stream after the last block, and the same normalized.
  let output, norm: Matrix
  let inverse: UnsafeMutablePointer<Float>
  private let logits: UnsafeMutablePointer<Float>
  let gradients: Gradients?
  let team = Team()
  private let memory: FloatBuffer

  init(_ architecture: Architecture, sequences: Int, forTraining: Bool) {
    self.architecture = architecture
    self.sequences = sequences
    let N = sequences * architecture.contextLength
    let (C, F) = (architecture.dModel, architecture.dFF)
    let attention = AttentionSizes(
      sequences: sequences, length: architecture.contextLength, heads: architecture.heads,
      headSize: architecture.headSize)
    memory = FloatBuffer(count: Int(Self.count(architecture, sequences: sequences, forTraining: forTraining)))
    var arena = Arena(next: memory.pointer)
    // The stream that leaves a block is the one that enters the next.
    let streams = (0...architecture.layers).map { _ in arena.matrix(N, C) }
    blocks = (0..<architecture.layers).map { layer in
      Block(
        input: streams[layer], middle: arena.matrix(N, C), norm1: arena.matrix(N, C), norm2: arena.matrix(N, C),
        inverse1: arena.take(N), inverse2: arena.take(N), qkv: arena.matrix(N, 3 * C),
        weights: arena.take(attention.headCount * attention.weightsCount), heads: arena.matrix(N, C),
        hidden: arena.matrix(N, F), slope: arena.matrix(N, F))
    }
    output = streams[architecture.layers]
    norm = arena.matrix(N, C)
    inverse = arena.take(N)
    logits = arena.take(architecture.vocabularySize * FloatBuffer.stride(ofRows: N))
    gradients =
      !forTraining
      ? nil
      : Gradients(
        stream: arena.matrix(N, C), product: arena.matrix(N, C), qkv: arena.matrix(N, 3 * C),
        hidden: arena.matrix(N, F))
    precondition(arena.next - memory.pointer == memory.count, "activations are counted wrong")
  }

  /// (V, positions) The logits of some positions, at most N, replaced by their gradient.
  func logits(of positions: Int) -> Matrix {
    Matrix(logits, architecture.vocabularySize, positions, stride: FloatBuffer.stride(ofRows: positions))
  }

  /// Floats that the activations of such a batch take; a `Double`, since a spec may ask for more than memory can hold.
  static func count(_ architecture: Architecture, sequences: Int, forTraining: Bool) -> Double {
    let (T, C, F, H) = (
      Double(architecture.contextLength), Double(architecture.dModel), Double(architecture.dFF),
      Double(architecture.heads)
    )
    let (B, V) = (Double(sequences), Double(architecture.vocabularySize))
    let N = B * T
    func stride(ofRows count: Double) -> Double { Double(FloatBuffer.stride(ofRows: Int(count))) }
    func sum(_ sizes: Double...) -> Double { sizes.reduce(0) { $0 + Arena.padded($1) } }
    let block = sum(
      N * C, N * C, N * C, N * C, N, N, N * 3 * C, B * H * T * stride(ofRows: T), N * C, N * F, N * F)
    let ends = sum(N * C, N * C, N, V * stride(ofRows: N))
    return Double(architecture.layers) * block + ends + (forTraining ? sum(N * C, N * C, N * 3 * C, N * F) : 0)
  }

  /// Hands out parts of the memory, each from a cache line's start.
  private struct Arena {
    var next: UnsafeMutablePointer<Float>

    static func padded(_ count: Double) -> Double {
      (count / Double(FloatBuffer.alignment)).rounded(.up) * Double(FloatBuffer.alignment)
    }

    mutating func take(_ count: Int) -> UnsafeMutablePointer<Float> {
      defer { next += Int(Self.padded(Double(count))) }
      return next
    }

    mutating func matrix(_ rows: Int, _ columns: Int) -> Matrix { Matrix(take(rows * columns), rows, columns) }
  }
}
