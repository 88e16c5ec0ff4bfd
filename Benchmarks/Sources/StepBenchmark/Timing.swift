import Foundation

@testable import Kernels
@testable import Model

/// How long a work takes, and how fast the BLAS's large product is meanwhile.
struct Timing {
  /// The median time in seconds.
  let seconds: Double
  /// FLOP/s of the large product when the work takes that time.
  let bigRate: Double

  /// Repeats `work` for so many seconds and at least five turns, after once to warm up. It takes turns of a tenth of a second with the large product:
  /// a processor's clock rises and falls, and only what is measured at nearly the same moment can be compared. Hence the ratio
  /// of the two is the median of the turns' ratios.
  init(_ seconds: Double, on watch: Watch = .processor, of work: () -> Void) {
    let big = BigProduct()
    work()
    // Work that is shorter than the clock is exact is repeated between two looks at it.
    let repetitions = max(1, Int(50e-6 / max(watch.time(work), 1e-9)))
    var (all, ratios): ([Double], [Double]) = ([], [])
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
      let turn = watch.times(0.1) { for _ in 0..<repetitions { work() } }.map { $0 / Double(repetitions) }
      all += turn
      ratios.append(median(turn) / median(Watch.processor.times(0.1, of: big.compute)))
    } while ratios.count < 5 || ContinuousClock.now < end
    self.seconds = median(all)
    bigRate = BigProduct.flops * median(ratios) / self.seconds
  }

  /// Repeats `work` alone for so many seconds, after once to warm up, and then the large product for a tenth of them: for what
  /// runs beside other works of its kind.
  init(alone seconds: Double, of work: () -> Void) {
    work()
    self.seconds = median(Watch.wall.times(seconds, of: work))
    bigRate = BigProduct.flops / median(Watch.processor.times(seconds / 10, of: BigProduct().compute))
  }
}

/// What times are read from.
enum Watch {
  /// The thread's processor time, for work that one thread does alone: other programs' turns on its core aren't counted.
  case processor
  case wall

  fileprivate var now: Double {
    var time = timespec()
    clock_gettime(self == .processor ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  fileprivate func time(_ work: () -> Void) -> Double {
    let start = now
    work()
    return now - start
  }

  /// The times of `work`, repeated for so many seconds on the wall.
  fileprivate func times(_ seconds: Double, of work: () -> Void) -> [Double] {
    let end = ContinuousClock.now + .seconds(seconds)
    var times: [Double] = []
    repeat { times.append(time(work)) } while ContinuousClock.now < end
    return times
  }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// The BLAS's own product of two 1024 × 1024 matrices on one thread, the measure of all other rates.
struct BigProduct {
  private static let n = 1024
  static let flops = 2 * Double(n * n * n)

  private let a = FloatBuffer(count: n * n)
  private let b = FloatBuffer(count: n * n)
  private let c = FloatBuffer(count: n * n)

  init() {
    for i in 0..<Self.n * Self.n { (a.pointer[i], b.pointer[i]) = (Float(i % 7), Float(i % 5)) }
  }

  /// Readies the BLAS, on one thread with the kernels of this processor.
  static func prepare() {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("flags") }
    BLAS.useWideKernels(features: Set(line?.split(whereSeparator: \.isWhitespace) ?? []))
    BLAS.useOneThread()
  }

  func compute() {
    let n = Self.n
    blasProduct(into: Matrix(c.pointer, n, n), Matrix(a.pointer, n, n), Matrix(b.pointer, n, n), accumulates: false)
  }
}
