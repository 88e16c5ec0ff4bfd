import Foundation
import Testing

/// Attempts to make the programs lose work, crash or hang: killed, cut, damaged, interrupted, out of room.
///
/// `swift test` tries a little of each; with SWEEP_TORTURE=long in the environment, as `make torture` sets it, all of it.
/// The suites go one after the other, since each keeps the cores busy.
@Suite(.serialized) struct TortureTests {
  private static let isLong = ProcessInfo.processInfo.environment["SWEEP_TORTURE"] == "long"

  /// How much is tried: the one or the other.
  static func amount(_ short: Int, long: Int) -> Int { isLong ? long : short }

  /// Whether the programs are built with a sanitizer, which needs more addresses than a limit leaves.
  static let isSanitized = ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains { ProcessInfo.processInfo.environment[$0] != nil }

  /// Says what was tried, with its counts.
  static func report(_ line: String) { print("torture: \(line)") }
}
