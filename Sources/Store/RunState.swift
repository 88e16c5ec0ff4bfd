/// Where a run stands.
///
/// `diverged` is a result worth plotting; `failed` is an error that kept a result from being had.
public enum RunState: String, Codable, Sendable, CaseIterable {
  case queued, running, finished, diverged, failed, interrupted

  /// Whether the run has its result: such a run is never trained again.
  public var hasResult: Bool { self == .finished || self == .diverged }
}
