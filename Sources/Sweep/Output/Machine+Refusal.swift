import Experiments
import Words

extension Machine {
  /// Refuses work that needs more memory than this process may use.
  ///
  /// - Throws: `UserError`, with the figures.
  static func require(memory needed: Double, of path: String, context: Int) throws {
    guard needed > memory else { return }
    throw UserError(
      "\(path): a context of \(context) tokens needs \(Wording.bytes(needed)) of memory, but there are "
        + "\(Wording.bytes(memory)). Use a machine with more of it, or a shorter --context.")
  }
}
