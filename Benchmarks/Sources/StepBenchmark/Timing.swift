import Foundation

@testable import Model

/// The median of the times of `work` in seconds, repeated for so many seconds and at least five times, after one that warms
/// up. Work that is shorter than the clock is exact is repeated between two looks at it.
func medianTime(_ seconds: Double, _ work: () -> Void) -> Double {
  work()
  let clock = ContinuousClock()
  let once = clock.measure(work) / .seconds(1)
  let repetitions = max(1, Int(50e-6 / max(once, 1e-9)))
  let end = clock.now + .seconds(seconds)
  var times: [Double] = []
  while times.count < 5 || clock.now < end {
    times.append(clock.measure { for _ in 0..<repetitions { work() } } / .seconds(1) / Double(repetitions))
  }
  return times.sorted()[times.count / 2]
}

/// The BLAS's own large product, the measure of all other rates.
enum BigProduct {
  /// Readies the BLAS, on one thread with the kernels of this processor.
  static func prepare() {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("flags") }
    BLAS.useWideKernels(features: Set(line?.split(whereSeparator: \.isWhitespace) ?? []))
    BLAS.useOneThread()
  }

  /// FLOP/s of the product of two 1024 × 1024 matrices.
  static func rate() -> Double {
    let n = 1024
    let (a, b, c) = (FloatBuffer(count: n * n), FloatBuffer(count: n * n), FloatBuffer(count: n * n))
    for i in 0..<n * n { (a.pointer[i], b.pointer[i]) = (Float(i % 7), Float(i % 5)) }
    return 2 * Double(n * n * n)
      / medianTime(0.3) {
        blasProduct(into: Matrix(c.pointer, n, n), Matrix(a.pointer, n, n), Matrix(b.pointer, n, n), accumulates: false)
      }
  }
}
