import Answers
import Store

extension Measure {
  private var isPerByte: Bool { unit == Measure.bitsPerByte.unit }

  /// An evaluation's loss in the measure's unit; nil where it isn't finite.
  func value(of evaluation: Evaluation) -> Double? {
    if name == Measure.averaged.name { return evaluation.averagedLoss }
    return isPerByte ? evaluation.bitsPerByte : evaluation.loss
  }

  /// The information of a run's held-out text in the measure's unit; nil where it isn't known.
  func floor(_ facts: Run.Facts) -> Double? { isPerByte ? facts.floorBitsPerByte : facts.floorLoss }

  /// How much of the unit a nat per token of a run's text is; 1 where that isn't known.
  func perNat(of run: Run) -> Double {
    guard isPerByte, let bits = run.outcome.finalBitsPerByte, let nats = run.outcome.finalLoss, nats > 0 else {
      return 1
    }
    return bits / nats
  }
}
