// Times whole training steps and says how much of the BLAS's one-thread rate for a large product they reach.
//
//     swift run --package-path Benchmarks StepBenchmark [SHAPE...] [--seconds S] [--threads N]

import Foundation

@testable import Model

/// A model and a batch that are timed: those of the README's table.
struct Case {
  let name: String
  let shape: TransformerShape
  let batchSize: Int

  init(_ name: String, d: Int, ff: Int? = nil, layers: Int, heads: Int, V: Int, T: Int, batch: Int) {
    self.name = name
    shape = TransformerShape(
      vocabularySize: V, contextLength: T, dModel: d, heads: heads, layers: layers, dFF: ff ?? 4 * d)
    batchSize = batch
  }

  static let all = [
    Case("S", d: 32, ff: 64, layers: 2, heads: 4, V: 627, T: 64, batch: 1),
    Case("A", d: 64, layers: 2, heads: 4, V: 65, T: 64, batch: 12),
    Case("B", d: 128, layers: 4, heads: 4, V: 65, T: 64, batch: 12),
    Case("C", d: 256, layers: 4, heads: 8, V: 512, T: 128, batch: 8),
    Case("D", d: 384, layers: 6, heads: 6, V: 65, T: 256, batch: 4),
  ]
}

/// The median of the times of `work`, repeated for `seconds`, at least five times, after one that warms up.
func medianTime(_ seconds: Double, _ work: () -> Void) -> Double {
  work()
  let clock = ContinuousClock()
  let end = clock.now + .seconds(seconds)
  var times: [Double] = []
  while times.count < 5 || clock.now < end { times.append(clock.measure(work) / .seconds(1)) }
  return times.sorted()[times.count / 2]
}

@main
enum StepBenchmark {
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String, _ standard: Double) -> Double {
      guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return standard }
      defer { arguments.removeSubrange(place...place + 1) }
      return Double(arguments[place + 1]) ?? standard
    }
    let seconds = option("--seconds", 2)
    let threads = max(1, Int(option("--threads", 1)))
    BLAS.useWideKernels(features: processorFeatures)
    BLAS.useOneThread()
    print("shape  tokens/s  GFLOP/s  share of \(BLAS.name) at 1024³")
    for item in Case.all where arguments.isEmpty || arguments.contains(item.name) {
      let big = bigProductRate()
      let settings = TrainingSettings(
        optimizer: .adamW(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1),
        schedule: LearningRateSchedule(peak: 1e-3, shape: .constant, warmupSteps: 0, steps: 1_000_000),
        batchSize: item.batchSize, gradientClip: 1)
      var random = RandomStream(seed: 0, name: "text")
      let text = (0..<100_000).map { _ in Int32(random.integer(below: item.shape.vocabularySize)) }
      let trainer = Trainer(shape: item.shape, settings: settings, training: text, seed: 0)
      trainer.threads = threads
      let tokens = Double(item.batchSize * item.shape.contextLength)
      let time = medianTime(seconds) { _ = trainer.step() }
      let rate = item.shape.trainingFlopsPerToken * tokens / time
      print(String(format: "%@  %.0f  %.1f  %.2f of %.0f", item.name, tokens / time, rate / 1e9, rate / big, big / 1e9))
    }
  }

  /// What the processor has, as Linux lists it.
  static var processorFeatures: Set<Substring> {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("flags") }
    return Set(line?.split(whereSeparator: \.isWhitespace) ?? [])
  }

  /// FLOP/s of the BLAS's product of two 1024 × 1024 matrices.
  static func bigProductRate() -> Double {
    let n = 1024
    let (a, b, c) = (FloatBuffer(count: n * n), FloatBuffer(count: n * n), FloatBuffer(count: n * n))
    for i in 0..<n * n { (a.pointer[i], b.pointer[i]) = (Float(i % 7), Float(i % 5)) }
    return 2 * Double(n * n * n)
      / medianTime(0.3) {
        blasProduct(into: Matrix(c.pointer, n, n), Matrix(a.pointer, n, n), Matrix(b.pointer, n, n), accumulates: false)
      }
  }
}
