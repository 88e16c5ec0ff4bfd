/// Everything that a trainer's next step depends on, besides its settings, its text and its seed: with it a trainer goes on
/// to the same bits as if it had never stopped. The schedule's position is the number of steps.
public struct TrainerState: Equatable, Sendable {
  /// Steps made.
  public var stepsDone: Int
  /// State of the stream that draws batches. Every sample draws from a stream of its own, and initialization is over.
  public var batches: UInt64
  /// The parameters as the trainer holds them.
  public var parameters: [Float]
  /// The optimizer's moments, and the average of weights where there is one, each as long as the parameters.
  public var moments: [[Float]]

  /// A state.
  public init(stepsDone: Int, batches: UInt64, parameters: [Float], moments: [[Float]]) {
    self.stepsDone = stepsDone
    self.batches = batches
    self.parameters = parameters
    self.moments = moments
  }
}

extension TrainerState {
  /// Bytes of memory that the state of such a trainer takes.
  public static func memory(architecture: Architecture, settings: TrainingSettings) -> Double {
    Double(
      (1 + settings.optimizer.momentCount + (settings.averageHorizon == nil ? 0 : 1))
        * ParameterLayout(architecture).bufferCount * MemoryLayout<Float>.size)
  }
}
