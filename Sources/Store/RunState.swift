/// Where a run stands.
///
/// `diverged` is a result worth plotting; `failed` is an error that kept a result from being had; `stopped` is a run that the
/// sweep's policy gave up before its last step.
public enum RunState: String, Codable, Sendable, CaseIterable {
  case queued, running, finished, diverged, failed, interrupted, stopped

  /// Whether the run has its result, which can be compared with others.
  public var hasResult: Bool { self == .finished || self == .diverged }

  /// Whether the run is over: it is never trained again.
  public var isOver: Bool { hasResult || self == .stopped }
}
