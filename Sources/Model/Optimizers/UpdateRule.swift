import Kernels

/// An optimizer's arithmetic: a type in a file of its own, which `Optimizer.Kind` names.
protocol UpdateRule: Sendable {
  /// The hyperparameters that the rule reads.
  static var hyperparameters: [Optimizer.Hyperparameter] { get }

  /// A rule with an optimizer's hyperparameters.
  init(_ optimizer: Optimizer)

  /// Buffers of the parameters' size that the rule keeps from step to step; they begin as zeros.
  var momentCount: Int { get }

  /// The moments that begin as the parameters do.
  var momentsOfParameters: [Int] { get }

  /// The moment that holds the weights which the training gives; nil where these are the parameters.
  var resultMoment: Int? { get }

  /// Numbers that the rule needs during an update, beside each thread's room.
  func scratchCount(_ layout: ParameterLayout) -> Int

  /// Updates the parameters and zeroes the gradients: this is the one place where gradients become zero.
  ///
  /// An elementwise rule goes through `update.shareGroups`. One that needs matrices takes the tensors of the layout whose role is
  /// hidden, and goes through the other groups for the rest.
  func update(_ update: ParameterUpdate)
}

extension UpdateRule {
  var momentsOfParameters: [Int] { [] }
  var resultMoment: Int? { nil }
  func scratchCount(_ layout: ParameterLayout) -> Int { 0 }
}

/// What one update works on. Parameters, gradients and moments are buffers of one layout.
struct ParameterUpdate {
  let layout: ParameterLayout
  /// The whole buffers, cut where the treatment changes.
  let groups: [ParameterGroup]
  let parameters, gradients: FloatBuffer
  let moments: [FloatBuffer]
  let scratch: FloatBuffer
  /// What the gradients are multiplied by.
  var gradientScale: Float
  let schedule: LearningRateSchedule
  /// The update's number, from 1.
  let step: Int
  let team: Team

  var learningRate: Double { schedule.rate(at: step) }
  /// The learning rate as a fraction of the schedule's peak.
  var rateOfPeak: Double { learningRate / schedule.peak }

  /// Calls the body for ranges that make up the whole buffers, each within one group, from all threads of the team.
  func shareGroups(_ body: (_ group: ParameterGroup.Treatment, _ range: Range<Int>) -> Void) {
    let count = parameters.count
    team.share(count, inMultiplesOf: FloatBuffer.alignment, work: 2 * count) { part, _ in
      for group in groups {
        let range = group.range.clamped(to: part)
        if !range.isEmpty { body(group.treatment, range) }
      }
    }
  }

  /// Takes the step's change from the parameters of a range, which decay beside it, and zeroes the gradients.
  @inline(__always)
  func apply(_ step: some ElementStep, to range: Range<Int>, _ decay: WeightDecay.Step) {
    if decay.isCautious {
      apply(step, to: range) { p, change in
        let smaller = change * p .>= 0
        return p.replacing(with: p * decay.keep, where: smaller) - change
      }
    } else {
      apply(step, to: range) { p, change in p * decay.keep - change }
    }
  }

  /// The range's ends are multiples of a register's width.
  @inline(__always)
  private func apply(
    _ step: some ElementStep, to range: Range<Int>, _ changed: (_ p: Lanes, _ change: Lanes) -> Lanes
  ) {
    let (p, g) = (parameters.pointer, gradients.pointer)
    for i in stride(from: range.lowerBound, to: range.upperBound, by: Lanes.scalarCount) {
      let change = step.change(i, g.lanes(i) * gradientScale)
      p.setLanes(i, changed(p.lanes(i), change))
      g.setLanes(i, Lanes.zero)
    }
  }
}

/// An elementwise rule's arithmetic on a register of numbers. It holds pointers to the moments.
protocol ElementStep {
  /// What the parameters from a place on lose, whose gradient is given. Stores the moments there.
  func change(_ place: Int, _ gradient: Lanes) -> Lanes
}

/// An optimizer at work on one model: its rule with the moments that it keeps.
final class OptimizerState {
  private let rule: any UpdateRule
  private let layout: ParameterLayout
  private let groups: [ParameterGroup]
  let moments: [FloatBuffer]
  let scratch: FloatBuffer

  /// An optimizer before its first update of these parameters.
  init(_ optimizer: Optimizer, layout: ParameterLayout, parameters: FloatBuffer) {
    rule = optimizer.rule
    self.layout = layout
    groups = layout.groups(optimizer)
    moments = (0..<rule.momentCount).map { _ in FloatBuffer(count: layout.bufferCount) }
    scratch = FloatBuffer(count: rule.scratchCount(layout))
    for moment in rule.momentsOfParameters { _ = moments[moment].elements.update(fromContentsOf: parameters.elements) }
  }

  /// The weights that the training gives; nil where these are the parameters.
  var result: FloatBuffer? { rule.resultMoment.map { moments[$0] } }

  /// Makes update number `step` (from 1) with the gradients times `gradientScale`, and zeroes them.
  func update(
    _ parameters: FloatBuffer, gradients: FloatBuffer, gradientScale: Float, schedule: LearningRateSchedule, step: Int,
    team: Team
  ) {
    rule.update(
      ParameterUpdate(
        layout: layout, groups: groups, parameters: parameters, gradients: gradients, moments: moments,
        scratch: scratch,
        gradientScale: gradientScale, schedule: schedule, step: step, team: team))
  }
}
