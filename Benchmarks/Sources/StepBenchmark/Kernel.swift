@testable import Kernels
@testable import Model

/// A kernel at the sizes of a shape, ready to be timed.
struct Kernel {
  /// What the kernel's rate is measured in.
  enum Amount {
    case flops(Double)
    case bytes(Double)
  }

  let name: String
  let sizes: String
  let amount: Amount
  let work: () -> Void

  /// All kernels of a shape's step, each once, on a micro-batch.
  static func all(of item: Case) -> [Kernel] {
    let N = item.microBatch * item.architecture.contextLength
    let (C, F, V) = (item.architecture.dModel, item.architecture.dFF, item.architecture.vocabularySize)
    let products =
      product("qkv", rows: N, depth: C, columns: 3 * C) + product("output", rows: N, depth: C, columns: C)
      + product("ff1", rows: N, depth: C, columns: F) + product("ff2", rows: N, depth: F, columns: C, hasSlope: true)
    return products + head(rows: N, depth: C, tokens: V) + attention(item, rows: N) + elementwise(item, rows: N)
      + muon(C, C) + muon(C, F)
  }

  /// Memory full of numbers between -1 and 1.
  private static func numbers(_ count: Int) -> FloatBuffer {
    let buffer = FloatBuffer(count: count)
    var random = RandomStream(seed: 0, name: "numbers")
    for i in 0..<count { buffer.pointer[i] = 2 * random.uniform() - 1 }
    return buffer
  }

  /// y (N, O) = x (N, I) · w (I, O), and what gives the gradients of x, if need be times a slope, and of w.
  private static func product(
    _ name: String, rows N: Int, depth I: Int, columns O: Int, hasSlope: Bool = false
  ) -> [Kernel] {
    let buffers = (numbers(N * I), numbers(I * O), numbers(N * O), numbers(hasSlope ? N * I : 0))
    let slope = hasSlope ? Matrix(buffers.3.pointer, N, I) : nil
    let team = Team()
    let (x, w, y) = (Matrix(buffers.0.pointer, N, I), Matrix(buffers.1.pointer, I, O), Matrix(buffers.2.pointer, N, O))
    return [
      kernel("\(name) forward", N, I, O) { multiply(into: y, x, w, team: team) },
      kernel("\(name) dX", N, O, I) { multiply(into: x, y, w.transposed, times: slope, team: team) },
      kernel("\(name) dW", I, N, O) { multiply(into: w, x.transposed, y, accumulates: true, team: team) },
    ].map { $0.keeping(buffers) }
  }

  /// logits (V, N) = w (V, C) · xᵀ, x (N, C), and what gives the gradients of x and w.
  private static func head(rows N: Int, depth C: Int, tokens V: Int) -> [Kernel] {
    let stride = FloatBuffer.stride(ofRows: N)
    let buffers = (numbers(N * C), numbers(V * C), numbers(V * stride))
    let team = Team()
    let (x, w) = (Matrix(buffers.0.pointer, N, C), Matrix(buffers.1.pointer, V, C))
    let logits = Matrix(buffers.2.pointer, V, N, stride: stride)
    return [
      kernel("head forward", V, C, N) { multiply(into: logits, w, x.transposed, team: team) },
      kernel("head dX", N, V, C) { multiply(into: x, logits.transposed, w, team: team) },
      kernel("head dW", V, N, C) { multiply(into: w, logits, x, accumulates: true, team: team) },
    ].map { $0.keeping(buffers) }
  }

  /// A product of those rows, depth and columns.
  private static func kernel(_ name: String, _ M: Int, _ K: Int, _ N: Int, _ work: @escaping () -> Void) -> Kernel {
    Kernel(
      name: name, sizes: "\(M)×\(K)×\(N)", amount: .flops(2 * Double(M) * Double(K) * Double(N)), work: work)
  }

  /// The same, with what its work reads and writes kept alive.
  private func keeping<Owner>(_ owner: Owner) -> Kernel {
    Kernel(name: name, sizes: sizes, amount: amount) { withExtendedLifetime(owner, work) }
  }

  /// Muon's products of a matrix, by the operations that they would take if all were whole, and its iteration as a whole, by those that
  /// it takes in the reference implementation.
  private static func muon(_ rows: Int, _ columns: Int) -> [Kernel] {
    let (n, stride) = (Double(rows), symmetricStride(ofRows: rows))
    let buffers = (numbers(rows * stride), numbers(rows * stride), numbers(rows * columns))
    let scratch = numbers(NewtonSchulz.scratchCount(rows, columns))
    let (a, c) = (
      Matrix(buffers.0.pointer, rows, rows, stride: stride), Matrix(buffers.1.pointer, rows, rows, stride: stride)
    )
    let (x, team) = (Matrix(buffers.2.pointer, rows, columns), Team())
    let iteration = NewtonSchulz(rows, columns, scratch: scratch.pointer, team: team)
    let whole = 5 * (4 * n * n * Double(columns) + 2 * n * n * n)
    return [
      kernel("symmetric x·xᵀ", rows, columns, rows) { multiplySymmetric(into: c, x, x.transposed, team: team) },
      kernel("symmetric square", rows, rows, rows) { multiplySymmetric(into: c, a, a, team: team) },
      kernel("square", rows, rows, rows) { multiply(into: c, a, a, team: team) },
      kernel("last product", rows, rows, columns) { multiply(into: x, a, x, team: team) },
      Kernel(name: "Newton–Schulz", sizes: "\(rows)×\(columns)", amount: .flops(whole)) {
        iteration.orthogonalize(x, steps: 5, times: 1)
      },
    ].map { $0.keeping((buffers, scratch)) }
  }

  private static func attention(_ item: Case, rows N: Int) -> [Kernel] {
    let (T, C) = (item.architecture.contextLength, item.architecture.dModel)
    let sizes = AttentionSizes(
      sequences: item.microBatch, length: T, heads: item.architecture.heads, headSize: item.architecture.headSize)
    let buffers = (numbers(N * 3 * C), numbers(N * C), numbers(N * 3 * C))
    let weights = numbers(sizes.headCount * sizes.weightsCount)
    let team = Team()
    let qkv = Matrix(buffers.0.pointer, N, 3 * C)
    let heads = Matrix(buffers.1.pointer, N, C)
    let dqkv = Matrix(buffers.2.pointer, N, 3 * C)
    // A product over the positions that are seen: a half of T · T · C for a sequence, two operations each.
    let product = Double(item.microBatch) * Double(T * T) * Double(C)
    let words = "\(sizes.headCount)×\(T)×\(sizes.headSize)"
    return [
      Kernel(name: "attention forward", sizes: words, amount: .flops(2 * product)) {
        attentionForward(heads, weights: weights.pointer, qkv, sizes, team: team)
        withExtendedLifetime((buffers, weights)) {}
      },
      Kernel(name: "attention backward", sizes: words, amount: .flops(4 * product)) {
        attentionBackward(dqkv: dqkv, dout: heads, weights: weights.pointer, qkv, sizes, team: team)
        withExtendedLifetime((buffers, weights)) {}
      },
    ]
  }

  private static func elementwise(_ item: Case, rows N: Int) -> [Kernel] {
    let (C, F, V) = (item.architecture.dModel, item.architecture.dFF, item.architecture.vocabularySize)
    let (hidden, slope) = (numbers(N * F), numbers(N * F))
    let (x, y, dx) = (numbers(N * C), numbers(N * C), numbers(N * C))
    let (gamma, dgamma, inverse) = (numbers(C), numbers(C), numbers(N))
    let logits = numbers(V * FloatBuffer.stride(ofRows: N))
    let targets = (0..<N).map { Int32($0 % V) }
    let team = Team()
    func rows(_ buffer: FloatBuffer, _ columns: Int) -> Matrix { Matrix(buffer.pointer, N, columns) }
    func kernel(_ name: String, _ columns: Int, passes: Int, _ work: @escaping () -> Void) -> Kernel {
      Kernel(name: name, sizes: "\(N)×\(columns)", amount: .bytes(4 * Double(passes * N * columns)), work: work)
    }
    let layout = ParameterLayout(item.architecture)
    let (parameters, gradients) = (numbers(layout.bufferCount), numbers(layout.bufferCount))
    let optimizer = OptimizerState(Case.optimizer, layout: layout, parameters: parameters)
    return [
      kernel("GELU forward", F, passes: 3) {
        activationForward(.gelu, hidden.pointer, slope: slope.pointer, N * F, team: team)
      },
      kernel("norm forward", C, passes: 2) {
        rmsNormForward(
          rows(y, C), inverse: inverse.pointer, rows(x, C), gamma: gamma.pointer, epsilon: 1e-5, team: team)
      },
      kernel("norm backward", C, passes: 4) {
        rmsNormBackward(
          dx: rows(dx, C), dgamma: dgamma.pointer, dy: rows(y, C), rows(x, C), inverse: inverse.pointer,
          gamma: gamma.pointer, team: team)
      },
      kernel("cross-entropy", V, passes: 2) {
        let logits = Matrix(logits.pointer, V, N, stride: FloatBuffer.stride(ofRows: N))
        _ = crossEntropy(logits, targets: targets, gradientScale: 1 / Float(N), team: team)
      },
      Kernel(
        name: "AdamW", sizes: "\(layout.bufferCount)", amount: .bytes(4 * 8 * Double(layout.bufferCount))
      ) {
        optimizer.update(
          parameters, gradients: gradients, gradientScale: 1, schedule: Case.schedule, step: 1, team: team)
      },
    ]
  }
}
