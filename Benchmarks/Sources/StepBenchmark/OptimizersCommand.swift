import ArgumentParser
import Foundation

@testable import Kernels
@testable import Model

/// `StepBenchmark optimizers`: each optimizer beside AdamW.
struct OptimizersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "optimizers", abstract: "Time each optimizer's update and whole step beside AdamW's.",
    discussion: """
      Updates and steps of all take turns, on one thread, and processor time counts, so that what else runs on the machine weighs \
      little. A figure is the median of the turns' ratios to AdamW. Buffers are those that an update reads or writes: parameters, \
      gradients and moments.
      """)

  @OptionGroup var options: CaseOptions

  static let optimizers: [Optimizer] = [
    Case.optimizer, Optimizer(.sgd) { _ in 0.9 },
    Optimizer(.lion, [.beta1: 0.9, .beta2: 0.99, .weightDecay: 0.1]),
    Optimizer(.signum, [.momentum: 0.9, .weightDecay: 0.1]),
    Optimizer(
      .ademamix, [.beta1: 0.9, .beta2: 0.999, .beta3: 0.9999, .alpha: 8.0, .epsilon: 1e-8, .weightDecay: 0.1]),
    Optimizer(.scheduleFree, [.beta1: 0.9, .beta2: 0.999, .epsilon: 1e-8, .weightDecay: 0.1]),
    Optimizer(
      .muon,
      [
        .momentum: 0.95, .muonScale: .word("spectral"), .muonSteps: 5.0, .adamRate: 3e-4, .beta1: 0.9, .beta2: 0.95,
        .epsilon: 1e-10, .weightDecay: 0.1,
      ]),
  ]

  func run() throws {
    BigProduct.prepare()
    print("shape  optimizer  update: ns per number, to AdamW, to AdamW per buffer  step: ms, to AdamW")
    for item in options.cases {
      let trainers = Self.optimizers.map { item.trainer(nil, $0) }
      let buffers = Self.optimizers.map { Double(2 + $0.momentCount) }
      let updates = turns(trainers.map { trainer in { Self.update(trainer) } })
      let steps = turns(trainers.map { trainer in { _ = trainer.step() } })
      let count = Double(ParameterLayout(item.architecture).bufferCount)
      for (index, optimizer) in Self.optimizers.enumerated() {
        let (update, step) = (ratio(updates, index), ratio(steps, index))
        print(
          String(
            format: "%@  %@  %.2f  %.2f  %.2f  %.2f  %.3f", item.name, optimizer.kind.rawValue,
            median(updates[index]) / count * 1e9, update, update * buffers[0] / buffers[index],
            median(steps[index]) * 1e3, step))
      }
    }
  }

  private static func update(_ trainer: Trainer) {
    trainer.optimizer.update(
      trainer.model.parameters, gradients: trainer.gradients, gradientScale: 1, schedule: Case.schedule, step: 10,
      team: trainer.activations.team)
  }

  /// Seconds of processor time that each work takes, a list of turns for each.
  private func turns(_ works: [() -> Void]) -> [[Double]] {
    var seconds = [[Double]](repeating: [], count: works.count)
    for work in works { work() }
    let end = ContinuousClock.now + .seconds(options.seconds)
    repeat {
      for (index, work) in works.enumerated() {
        var count = 0.0
        let start = threadCPUSeconds()
        repeat {
          work()
          count += 1
        } while threadCPUSeconds() - start < 0.02
        seconds[index].append((threadCPUSeconds() - start) / count)
      }
    } while seconds[0].count < 5 || ContinuousClock.now < end
    return seconds
  }

  private func ratio(_ seconds: [[Double]], _ index: Int) -> Double {
    median(zip(seconds[index], seconds[0]).map { $0 / $1 })
  }
}
