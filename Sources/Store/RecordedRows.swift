/// How far a run's measurements reach in the database: what a checkpoint relies on.
public struct RecordedRows: Codable, Sendable, Equatable {
  /// The last step.
  public var step: Int
  /// Evaluations up to it.
  public var evaluations: Int
  /// Samples up to it.
  public var samples: Int

  /// How far they reach.
  public init(step: Int, evaluations: Int, samples: Int) {
    self.step = step
    self.evaluations = evaluations
    self.samples = samples
  }
}
