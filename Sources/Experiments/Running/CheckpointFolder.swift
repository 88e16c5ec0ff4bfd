import Foundation
import Model

/// The checkpoints of unfinished runs: of each the latest, and the one before it.
package struct CheckpointFolder: Sendable {
  package let url: URL

  /// The folder there; it needn't exist.
  package init(url: URL) { self.url = url }

  /// The run's latest checkpoint.
  package func latest(of id: Int64) -> URL { url.appending(path: "run-\(id).checkpoint") }

  /// The one before it, which serves where the latest is torn.
  package func previous(of id: Int64) -> URL { url.appending(path: "run-\(id).previous.checkpoint") }

  /// Both, the latest first.
  package func files(of id: Int64) -> [URL] { [latest(of: id), previous(of: id)] }

  /// Stores the checkpoint as the run's latest; the folder must be there.
  ///
  /// - Parameter beforeRenaming: Makes sure of what the checkpoint relies on, before it can be found.
  /// - Throws: `FileError`, or what `beforeRenaming` throws.
  package func store(_ checkpoint: Checkpoint, of id: Int64, beforeRenaming: () throws -> Void) throws {
    try checkpoint.write(to: latest(of: id), previous: previous(of: id), beforeRenaming: beforeRenaming)
  }

  /// Removes the run's checkpoints, if it has any.
  package func removeAll(of id: Int64) {
    for url in files(of: id) { unlink(url.path) }
  }
}

/// Makes a folder where there is none.
///
/// - Throws: `FileError`.
package func makeFolder(_ url: URL) throws {
  do {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  } catch {
    throw FileError(path: url.relativePath, cause: error)
  }
}
