import Store

/// A run that a sweep is about to train.
package struct SweepItem: Sendable {
  /// The run's number in the database.
  package let id: Int64
  /// What tells it from the others: "run 7: lr 0.001, seed 0".
  package let label: String
  /// Steps of the whole training.
  package let steps: Int
  /// Floating-point operations of the whole training, for an estimate of the time left.
  package let flops: Double
}

/// Who is told how a sweep goes. Calls come from any of the threads that train.
package protocol SweepObserver: Sendable {
  /// These runs will be trained.
  func begin(_ items: [SweepItem])
  /// A run begins, or goes on after a step.
  func started(_ id: Int64, at step: Int)
  /// A run made a step; told a few times a second at most.
  func step(_ id: Int64, _ step: Int, loss: Double)
  /// A run was evaluated; of a run that goes on only what follows is told.
  func evaluated(_ id: Int64, _ evaluation: Evaluation)
  /// A run ended here.
  func ended(_ id: Int64, _ outcome: RunOutcome)
  /// Another process has brought a run to its end.
  func endedElsewhere(_ id: Int64)
  /// A sentence for whoever watches.
  func note(_ line: String)
  /// Nothing more is trained.
  func end()
}
