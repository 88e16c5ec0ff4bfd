import Foundation
import Model
import Store

/// The checkpoints of a database's unfinished runs: of each the latest, and the one before it. They are named by the run's
/// identity, in a folder that bears the database's name, so that two databases in one folder never change each other's.
package struct CheckpointFolder: Sendable {
  package let url: URL

  /// The folder there; it needn't exist.
  package init(url: URL) { self.url = url }

  /// The run's latest checkpoint.
  package func latest(of run: String) -> URL { url.appending(path: "\(run).checkpoint") }

  /// The one before it, which serves where the latest is torn.
  package func previous(of run: String) -> URL { url.appending(path: "\(run).previous.checkpoint") }

  /// Both, the latest first.
  package func files(of run: String) -> [URL] { [latest(of: run), previous(of: run)] }

  /// All files that may hold a checkpoint of the run, in the order in which they are tried: the database's own; other databases'
  /// checkpoints of the same run, that with most steps first, since a database may have been copied, renamed or merged; and
  /// those that earlier versions named by the run's number.
  ///
  /// - Parameters:
  ///   - run: The run's file name, without an ending.
  ///   - number: The run's number in the database.
  package func candidates(of run: String, number: Int64) -> [URL] {
    let root = url.deletingLastPathComponent()
    let folders = (try? FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)) ?? []
    let others = folders.filter {
      $0.hasDirectoryPath && Scalar.text($0.lastPathComponent) != .text(url.lastPathComponent)
    }
    .flatMap { CheckpointFolder(url: $0).files(of: run) }
    .compactMap { file in Checkpoint.steps(namedBy: file).map { (file: file, steps: $0) } }
    .sorted { ($1.steps, $0.file.path) < ($0.steps, $1.file.path) }.map(\.file)
    return files(of: run) + others + CheckpointFolder(url: root).files(of: "run-\(number)")
  }

  /// Stores the checkpoint as the run's latest; the folder must be there.
  ///
  /// - Parameter beforeRenaming: Makes sure of what the checkpoint relies on, before it can be found.
  /// - Throws: `FileError`, or what `beforeRenaming` throws.
  package func store(_ checkpoint: Checkpoint, of run: String, beforeRenaming: () throws -> Void) throws {
    try checkpoint.write(to: latest(of: run), previous: previous(of: run), beforeRenaming: beforeRenaming)
  }

  /// Removes the run's checkpoints, if it has any.
  package func removeAll(of run: String) {
    for url in files(of: run) { unlink(url.path) }
  }
}

/// Makes a folder where there is none.
///
/// - Throws: `FileError`.
func makeFolder(_ url: URL) throws {
  do {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  } catch {
    throw FileError(path: url.relativePath, cause: error)
  }
}
