/// Where a run stands.
///
/// `diverged` is a result worth plotting; `failed` is an error that kept a result from being had; `stopped` is a run that a
/// sweep's policy ended early.
public enum RunState: String, Codable, Sendable, CaseIterable {
  case queued, running, finished, diverged, failed, interrupted, stopped

  /// Whether the run has its result.
  public var hasResult: Bool { self == .finished || self == .diverged }

  /// Whether the run is over: such a run is never trained again.
  public var isOver: Bool { hasResult || self == .stopped }
}
