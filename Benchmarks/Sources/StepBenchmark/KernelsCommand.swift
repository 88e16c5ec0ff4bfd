import ArgumentParser
import Foundation

@testable import Kernels
@testable import Model

/// `StepBenchmark kernels`: each kernel of a step at the sizes of a shape, on one thread.
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Time each kernel of a step.",
    discussion: """
      All but AdamW work on a micro-batch. Products and attention in GFLOP/s, of which attention needs those of the half \
      that its mask leaves, with their share of the BLAS's product of two 1024 × 1024 matrices; the rest in GB/s that have \
      to be read and written. dX and dW are the products that give the gradients of a product's input and weights.
      """)

  @OptionGroup var options: CaseOptions

  func run() throws {
    BigProduct.prepare()
    for item in options.cases {
      let step = Timing(options.seconds) { [trainer = item.trainer] in _ = trainer.step() }
      print(String(format: "%@: %@ at 1024³ %.0f GFLOP/s", item.name, BLAS.name, step.bigRate / 1e9))
      row("whole step", "", step, .flops(item.architecture.trainingFlopsPerToken * Double(item.rows)))
      for kernel in Kernel.all(of: item) {
        // As in a step: what is computed again and again out of itself soon falls below the normal numbers.
        let timing = flushingSubnormals { Timing(options.seconds / 4, of: kernel.work) }
        row(kernel.name, kernel.sizes, timing, kernel.amount)
      }
      print("")
    }
  }

  private func row(_ name: String, _ sizes: String, _ timing: Timing, _ amount: Kernel.Amount) {
    func padded(_ text: String, _ width: Int) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
    let (rate, unit, share) =
      switch amount {
      case .flops(let count):
        (count / timing.seconds, "GFLOP/s", String(format: "  %.2f", count / timing.seconds / timing.bigRate))
      case .bytes(let count): (count / timing.seconds, "GB/s", "")
      }
    print(
      "  " + padded(name, 24) + padded(sizes, 18)
        + String(format: "%10.1f µs %8.1f ", timing.seconds * 1e6, rate / 1e9) + padded(unit, 8) + share)
  }
}
