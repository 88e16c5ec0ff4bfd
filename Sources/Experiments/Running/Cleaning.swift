import Foundation
import Store

/// Which files beside the database nobody needs any more.
package enum Cleaning {
  /// A file in one of the folders of checkpoints and weights.
  package struct File: Equatable {
    package let url: URL
    package let bytes: Int

    /// A file.
    package init(url: URL, bytes: Int) {
      self.url = url
      self.bytes = bytes
    }
  }

  /// A run of the database.
  package struct KnownRun {
    package let state: RunState
    /// Whether the present spec of some experiment asks for it.
    package let isInGrid: Bool
    /// Whether a living process trains it.
    package let isHeld: Bool

    /// What is known.
    package init(state: RunState, isInGrid: Bool, isHeld: Bool) {
      self.state = state
      self.isInGrid = isInGrid
      self.isHeld = isHeld
    }

    fileprivate var needsCheckpoint: Bool { isHeld || !state.isOver && isInGrid }
  }

  /// What a file is, by its name; nil for one that isn't ours, which is left alone.
  package struct Name: Equatable {
    /// Whose file it is: the file name of a run, or "run-7" where an earlier version named it by the run's number.
    package let run: String
    package let isWeights: Bool
    /// The process that was writing the file when it was left; nil for a whole file, 0 where that isn't known.
    package let writer: Int?

    package init?(_ name: String) {
      let pattern =
        /([0-9a-f]{32}|run-[0-9]+)\.(previous\.checkpoint|checkpoint|safetensors)(\.([0-9]+)-[0-9]+)?(\.new)?/
      guard let match = name.wholeMatch(of: pattern), match.3 == nil || match.5 != nil else { return nil }
      run = String(match.1)
      isWeights = match.2 == "safetensors"
      writer = match.5 == nil ? nil : match.4.flatMap { Int($0) } ?? 0
    }

    /// Whether an earlier version named the file by a run's number, which runs of two databases may share.
    package var isNumbered: Bool { run.hasPrefix("run-") }
  }

  /// The files that can go. Nothing goes of a run that a living process trains. Otherwise a half-written file goes, a checkpoint
  /// goes unless its run may still go on, and weights go unless a run names them.
  ///
  /// - Parameters:
  ///   - runs: The database's runs by the names of their files, those of earlier versions included.
  ///   - neededWeights: Names of weight files that a run of any database in the folder names or is about to name.
  ///   - unfinishedElsewhere: What the files of other databases' unfinished runs are called, which may go on from any checkpoint.
  ///   - hasNeighbours: Whether there are other databases, whose checkpoints of earlier versions may lie among these.
  ///   - isAlive: Whether a process of that number lives.
  package static func unneeded(
    _ files: [File], runs: [String: KnownRun], neededWeights: Set<String>,
    unfinishedElsewhere: Set<String> = [], hasNeighbours: Bool,
    isAlive: (Int) -> Bool
  ) -> [File] {
    files.filter { file in
      guard let name = Name(file.url.lastPathComponent) else { return false }
      let run = runs[name.run]
      if run?.isHeld ?? false { return false }
      if let writer = name.writer { return !isAlive(writer) }
      if name.isWeights { return !neededWeights.contains(file.url.lastPathComponent) }
      if name.isNumbered ? hasNeighbours : unfinishedElsewhere.contains(name.run) { return false }
      return !(run?.needsCheckpoint ?? false)
    }
  }
}
