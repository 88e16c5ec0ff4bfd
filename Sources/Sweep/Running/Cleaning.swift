import Foundation
import Store

/// Which files beside the database nobody needs any more.
enum Cleaning {
  /// A file in the folder of checkpoints or weights.
  struct File: Equatable {
    let url: URL
    let bytes: Int
  }

  /// What is known of a run.
  struct KnownRun {
    let state: RunState
    /// Whether the present spec of some experiment asks for it.
    let isInGrid: Bool
    /// Whether a living process trains it.
    let isHeld: Bool
  }

  /// Of a run's file: its number, from `run-7.checkpoint`, `run-7.previous.checkpoint`, `run-7.safetensors` and any of them
  /// with `.new` behind; nil for a file that isn't ours, which is left alone.
  static func run(of name: String) -> (id: Int64, isWeights: Bool, isWhole: Bool)? {
    guard let match = name.wholeMatch(of: /run-([0-9]+)\.(previous\.checkpoint|checkpoint|safetensors)(\.new)?/),
      let id = Int64(match.1)
    else { return nil }
    return (id, match.2 == "safetensors", match.3 == nil)
  }

  /// The files that can go. Nothing goes of a run that a living process trains. Otherwise a half-written file goes, a
  /// checkpoint goes unless its run may still go on, and weights go unless a run names them.
  static func unneeded(_ files: [File], runs: [Int64: KnownRun], namedWeights: Set<String>) -> [File] {
    files.filter { file in
      guard let (id, isWeights, isWhole) = run(of: file.url.lastPathComponent) else { return false }
      let known = runs[id]
      if known?.isHeld ?? false { return false }
      if !isWhole { return true }
      if isWeights { return !namedWeights.contains(file.url.lastPathComponent) }
      guard let known else { return true }
      return known.state.isOver || !known.isInGrid
    }
  }
}
