import ArgumentParser
import Foundation

@testable import Model

/// `StepBenchmark steps`: whole training steps.
struct StepsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "steps", abstract: "Time whole training steps (the default).",
    discussion: "The share is of the rate of the BLAS's product of two 1024 × 1024 matrices on one thread.")

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
      let big = BigProduct.rate()
      let tokens = Double(item.rows) * steps(of: item)
      let rate = item.shape.trainingFlopsPerToken * tokens
      print(String(format: "%@  %.0f  %.1f  %.2f of %.0f", item.name, tokens, rate / 1e9, rate / big, big / 1e9))
    }
  }

  /// Steps in a second of all jobs together.
  private func steps(of item: Case) -> Double {
    let rates = UnsafeMutableBufferPointer<Double>.allocate(capacity: jobs)
    defer { rates.deallocate() }
    nonisolated(unsafe) let places = rates
    DispatchQueue.concurrentPerform(iterations: jobs) { job in
      let trainer = item.trainer
      trainer.threads = threads
      places[job] = 1 / medianTime(options.seconds) { _ = trainer.step() }
    }
    return rates.reduce(0, +)
  }
}
