import Foundation
import Store

/// The files that belong to a database and lie beside it.
///
///     results/results.sqlite                        the database
///     results/weights/<run>.safetensors             of every finished run, named by its identity: two databases in one folder
///                                                   that hold the same run share the file, which has the same content
///     results/checkpoints/results.sqlite/<run>…     of runs that aren't over, for each database by itself
package struct ResultFiles: Sendable {
  /// The database, where links to it lead.
  package let database: URL

  /// - Parameter path: The database's path as it was given. A link is followed, so that a database has one set of files
  ///   whichever way it is opened.
  package init(database path: String) {
    database = URL(fileURLWithPath: UserPath.followingLinks(path))
  }

  /// The folder of weight files.
  package var weightsFolder: URL { beside("weights") }

  /// The folder of the database's checkpoints.
  package var checkpoints: CheckpointFolder {
    CheckpointFolder(
      url: checkpointsFolder.appending(path: database.lastPathComponent, directoryHint: .isDirectory))
  }

  /// The folder of all databases' checkpoints. Earlier versions kept theirs directly in it, named by numbers of runs.
  package var checkpointsFolder: URL { beside("checkpoints") }

  /// Folders of checkpoints whose database is no longer there under that name.
  package var abandonedCheckpoints: [CheckpointFolder] {
    let folders =
      (try? FileManager.default.contentsOfDirectory(at: checkpointsFolder, includingPropertiesForKeys: nil)) ?? []
    let names = folders.filter(\.hasDirectoryPath).map(\.lastPathComponent).sorted()
    return names.filter { !FileManager.default.fileExists(atPath: url($0).path) }
      .map { CheckpointFolder(url: checkpointsFolder.appending(path: $0, directoryHint: .isDirectory)) }
  }

  /// A path that the database holds, relative to its folder.
  package func url(_ path: String) -> URL { database.deletingLastPathComponent().appending(path: path) }

  /// The names of weight files that some database in the folder needs: those that runs name, and those of runs that other
  /// databases' processes may be about to finish.
  package func neededWeights(of store: ResultsDatabase, beside neighbours: [Neighbour]) throws -> Set<String> {
    let named = try neighbours.reduce(store.weightFiles()) { $0.union($1.weights) }
      .map { URL(fileURLWithPath: $0).lastPathComponent }
    return Set(named + Self.unfinished(in: neighbours).map { $0 + ".safetensors" })
  }

  /// What the files of the other databases' unfinished runs are called.
  package static func unfinished(in neighbours: [Neighbour]) -> Set<String> {
    Set(neighbours.flatMap(\.unfinished).map { PlannedRun.fileName(identity: $0.config, seed: $0.seed) })
  }

  private func beside(_ name: String) -> URL {
    database.deletingLastPathComponent().appending(path: name, directoryHint: .isDirectory)
  }
}
