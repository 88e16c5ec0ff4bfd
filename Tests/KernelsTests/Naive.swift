import Foundation

@testable import Kernels

/// Every kernel a second time, as its formula is written in the papers: double precision, no blocks, no vectors, no threads. Arrays
/// are row-major.
enum Naive {
  typealias Numbers = [Double]

  /// (R, C) rows of gamma · x / sqrt(mean(x²) + 1e-5).
  static func rmsNorm(_ x: Numbers, gamma: Numbers) -> Numbers {
    let C = gamma.count
    return x.indices.map { i in
      let row = x[i / C * C..<i / C * C + C]
      return gamma[i % C] * x[i] / (row.reduce(0) { $0 + $1 * $1 } / Double(C) + 1e-5).squareRoot()
    }
  }

  /// The gradients of x and gamma for an output gradient dy, by the quotient rule: with r = 1 / sqrt(mean(x²) + 1e-5),
  /// dx = r · g - x · r³ · mean(g · x), where g = gamma · dy.
  static func rmsNormGradients(_ x: Numbers, gamma: Numbers, dy: Numbers) -> (dx: Numbers, dgamma: Numbers) {
    let C = gamma.count
    var (dx, dgamma) = (Numbers(repeating: 0, count: x.count), Numbers(repeating: 0, count: C))
    for start in stride(from: 0, to: x.count, by: C) {
      let row = start..<start + C
      let r = 1 / (row.reduce(0) { $0 + x[$1] * x[$1] } / Double(C) + 1e-5).squareRoot()
      let mean = row.reduce(0) { $0 + gamma[$1 - start] * dy[$1] * x[$1] } / Double(C)
      for i in row {
        dx[i] = r * gamma[i - start] * dy[i] - x[i] * r * r * r * mean
        dgamma[i - start] += dy[i] * x[i] * r
      }
    }
    return (dx, dgamma)
  }

  /// 0.5x(1 + tanh(u)), u = 0.7978845608(x + 0.044715x³), and its derivative.
  static func gelu(_ x: Double) -> (value: Double, slope: Double) {
    let c = 0.797_884_560_8
    let t = tanh(c * (x + 0.044715 * x * x * x))
    return (0.5 * x * (1 + t), 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x))
  }

  /// Causal attention of one head: q, k, v (T, D).
  struct Head {
    let T, D: Int
    let q, k, v: Numbers

    /// (T, T) softmax of q · k / sqrt(D) over the keys up to the query's position.
    var weights: Numbers {
      (0..<T).flatMap { i -> Numbers in
        let scores = (0...i).map { j in
          (0..<D).reduce(0) { $0 + q[i * D + $1] * k[j * D + $1] } / Double(D).squareRoot()
        }
        let top = scores.max() ?? 0
        let powers = scores.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum } + Numbers(repeating: 0, count: T - 1 - i)
      }
    }

    var output: Numbers {
      let p = weights
      return (0..<T * D).map { at in (0..<T).reduce(0) { $0 + p[at / D * T + $1] * v[$1 * D + at % D] } }
    }

    /// The gradients of q, k and v for that of the output.
    func gradients(_ dout: Numbers) -> [Numbers] {
      let p = weights
      var (dq, dk, dv) = (
        Numbers(repeating: 0, count: T * D), Numbers(repeating: 0, count: T * D), Numbers(repeating: 0, count: T * D)
      )
      for i in 0..<T {
        let dp = (0..<T).map { j in (0..<D).reduce(0) { $0 + dout[i * D + $1] * v[j * D + $1] } }
        let mean = (0..<T).reduce(0) { $0 + p[i * T + $1] * dp[$1] }
        for j in 0...i {
          let ds = p[i * T + j] * (dp[j] - mean) / Double(D).squareRoot()
          for d in 0..<D {
            dv[j * D + d] += p[i * T + j] * dout[i * D + d]
            dq[i * D + d] += ds * k[j * D + d]
            dk[j * D + d] += ds * q[i * D + d]
          }
        }
      }
      return [dq, dk, dv]
    }
  }

  /// -ln softmax(logits)[target] and its gradient.
  static func crossEntropy(_ logits: Numbers, target: Int) -> (loss: Double, gradient: Numbers) {
    let top = logits.max() ?? 0
    let powers = logits.map { exp($0 - top) }
    let sum = powers.reduce(0, +)
    return (log(sum) + top - logits[target], powers.enumerated().map { $1 / sum - ($0 == target ? 1 : 0) })
  }
}
