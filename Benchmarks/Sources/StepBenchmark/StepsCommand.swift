import ArgumentParser
import Foundation
import Synchronization

@testable import Kernels
@testable import Model

/// `StepBenchmark steps`: whole training steps.
struct StepsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "steps", abstract: "Time whole training steps (the default).",
    discussion: """
      The share is of the rate of the BLAS's product of two 1024 × 1024 matrices on one thread, with which a step takes turns \
      of a tenth of a second. With several jobs the product comes after the steps.
      """)

  @OptionGroup var options: CaseOptions
  @Option(name: .long, help: "Threads of a step.")
  var threads = 1
  @Option(name: .long, help: "Runs side by side; their rates are added.")
  var jobs = 1

  func validate() throws {
    for (name, value) in [("--threads", threads), ("--jobs", jobs)] where !(1...1024).contains(value) {
      throw ValidationError("\(name) is \(value); write 1 to 1024.")
    }
  }

  func run() throws {
    BigProduct.prepare()
    print("shape  tokens/s  GFLOP/s  share of \(BLAS.name) at 1024³")
    for item in options.cases {
      let timings = timings(of: item)
      let tokens = timings.map { Double(item.rows) / $0.seconds }.reduce(0, +)
      let rate = item.architecture.trainingFlopsPerToken * tokens
      let big = timings.map(\.bigRate).reduce(0, +)
      print(String(format: "%@  %.0f  %.1f  %.2f of %.0f", item.name, tokens, rate / 1e9, rate / big, big / 1e9))
    }
  }

  /// One for each job, all side by side.
  private func timings(of item: Case) -> [Timing] {
    // Each job takes its own.
    nonisolated(unsafe) let trainers = (0..<jobs).map { _ in item.trainer }
    for trainer in trainers { trainer.threads = threads }
    if jobs == 1 {
      return [Timing(options.seconds, on: threads == 1 ? .processor : .wall) { _ = trainers[0].step() }]
    }
    let timings = Mutex<[Timing]>([])
    DispatchQueue.concurrentPerform(iterations: jobs) { job in
      let timing = Timing(alone: options.seconds) { _ = trainers[job].step() }
      timings.withLock { $0.append(timing) }
    }
    return timings.withLock { $0 }
  }
}
