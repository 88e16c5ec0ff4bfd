import Kernels

/// An optimizer's arithmetic: a type in a file of its own, which `Optimizer.Kind` names.
protocol UpdateRule: Sendable {
  /// The hyperparameters that the rule reads.
  static var hyperparameters: [Optimizer.Hyperparameter] { get }

  /// A rule with these hyperparameters.
  init(_ value: (Optimizer.Hyperparameter) -> Double)

  /// Buffers of the parameters' size that the rule keeps from step to step; they begin as zeros.
  var momentCount: Int { get }

  /// Numbers that the rule needs during an update, beside each thread's room.
  func scratchCount(_ layout: ParameterLayout) -> Int

  /// Updates the parameters and zeroes the gradients: this is the one place where gradients become zero.
  ///
  /// An elementwise rule goes through `update.shareGroups`. One that needs matrices takes the tensors of the layout whose role is
  /// hidden, and goes through the other groups for the rest.
  func update(_ update: ParameterUpdate)
}

extension UpdateRule {
  func scratchCount(_ layout: ParameterLayout) -> Int { 0 }
}

/// What one update works on. Parameters, gradients and moments are buffers of one layout.
struct ParameterUpdate {
  let layout: ParameterLayout
  let parameters, gradients: FloatBuffer
  let moments: [FloatBuffer]
  let scratch: FloatBuffer
  /// What the gradients are multiplied by.
  let gradientScale: Float
  let learningRate: Double
  /// The update's number, from 1.
  let step: Int
  let team: Team

  /// Calls the body for ranges that make up the whole buffers, each within one group, from all threads of the team.
  func shareGroups(_ body: (_ group: ParameterGroup.Treatment, _ range: Range<Int>) -> Void) {
    let count = parameters.count
    team.share(count, inMultiplesOf: FloatBuffer.alignment, work: 2 * count) { part, _ in
      for group in layout.groups {
        let range = group.range.clamped(to: part)
        if !range.isEmpty { body(group.treatment, range) }
      }
    }
  }
}

/// An optimizer at work on one model: its rule with the moments that it keeps.
final class OptimizerState {
  private let rule: any UpdateRule
  private let layout: ParameterLayout
  let moments: [FloatBuffer]
  let scratch: FloatBuffer

  init(_ optimizer: Optimizer, layout: ParameterLayout) {
    rule = optimizer.rule
    self.layout = layout
    moments = (0..<rule.momentCount).map { _ in FloatBuffer(count: layout.bufferCount) }
    scratch = FloatBuffer(count: rule.scratchCount(layout))
  }

  /// Makes update number `step` (from 1) with the gradients times `gradientScale`, and zeroes them.
  func update(
    _ parameters: FloatBuffer, gradients: FloatBuffer, gradientScale: Float, learningRate: Double, step: Int,
    team: Team
  ) {
    rule.update(
      ParameterUpdate(
        layout: layout, parameters: parameters, gradients: gradients, moments: moments, scratch: scratch,
        gradientScale: gradientScale, learningRate: learningRate, step: step, team: team))
  }
}
