import ArgumentParser
import Foundation

@testable import Model

/// `StepBenchmark kernels`: each kernel of a step at the sizes of a shape, on one thread.
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Time each kernel of a step.",
    discussion: """
      Products and attention in GFLOP/s, of which attention needs those of the half that its mask leaves, with their share \
      of the BLAS's product of two 1024 × 1024 matrices; the rest in GB/s that have to be read and written. dX and dW are \
      the products that give the gradients of a product's input and weights.
      """)

  @OptionGroup var options: CaseOptions

  func run() throws {
    BigProduct.prepare()
    for item in options.cases {
      let big = BigProduct.rate()
      let time = medianTime(options.seconds) { [trainer = item.trainer] in _ = trainer.step() }
      let step = item.shape.trainingFlopsPerToken * Double(item.rows) / time
      print(String(format: "%@: %@ at 1024³ %.0f GFLOP/s", item.name, BLAS.name, big / 1e9))
      row("whole step", "", time, step / 1e9, "GFLOP/s", share: step / big)
      for kernel in Kernel.all(of: item) {
        // As in a step: what is computed again and again out of itself soon falls below the normal numbers.
        let time = flushingSubnormals { medianTime(options.seconds / 10, kernel.work) }
        switch kernel.amount {
        case .flops(let count):
          row(kernel.name, kernel.sizes, time, count / time / 1e9, "GFLOP/s", share: count / time / big)
        case .bytes(let count): row(kernel.name, kernel.sizes, time, count / time / 1e9, "GB/s", share: nil)
        }
      }
      print("")
    }
  }

  private func row(_ name: String, _ sizes: String, _ time: Double, _ rate: Double, _ unit: String, share: Double?) {
    func padded(_ text: String, _ width: Int) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
    print(
      "  " + padded(name, 24) + padded(sizes, 18) + String(format: "%10.1f µs %8.1f ", time * 1e6, rate)
        + padded(unit, 8) + (share.map { String(format: "  %.2f", $0) } ?? ""))
  }
}
