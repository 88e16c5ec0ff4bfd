import Foundation
import GRDB

/// Another database of ours in the same folder, which may need the same weight files.
public struct Neighbour: Sendable, Equatable {
  /// Its path.
  public var path: String
  /// The weight files that its runs name, relative to the folder.
  public var weights: Set<String>
  /// Its runs that aren't over. One that is being trained may have weights before the database names them, and any may go on from a
  /// checkpoint, also from one in the folder of another name that the database had.
  public var unfinished: [UnfinishedRun]

  /// A run that isn't over.
  public struct UnfinishedRun: Sendable, Equatable {
    /// The configuration as canonical JSON.
    public var config: String
    /// The seed.
    public var seed: Int64
  }

  /// The other databases of ours, of whatever version, in the folder of a database.
  ///
  /// - Throws: `ResultsDatabaseError.unusable` where the folder or one of them can't be read: then nobody knows what it needs.
  public static func all(of database: URL) throws -> [Neighbour] {
    let folder = database.deletingLastPathComponent()
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
      throw ResultsDatabaseError.unusable(
        path: folder.relativePath, reason: "can't be listed, so nobody knows which databases need the files in it",
        remedy: "Make the folder readable.")
    }
    let itself = FileIdentity(of: database.path)
    return try names.sorted().compactMap { name -> Neighbour? in
      let path = folder.appending(path: name).path
      // A link to the database is no other one.
      guard let identity = FileIdentity(of: path), identity != itself else { return nil }
      // A file that can't be read could be a database that needs the files here. Nothing is removed on a guess.
      switch (try? DatabaseFile(at: path)) ?? .cutShort {
      case .database(let header) where header.applicationID == Schema.applicationID: return try neighbour(path)
      case .database, .absent, .empty, .folder, .notADatabase: return nil
      case .cutShort:
        throw ResultsDatabaseError.unusable(
          path: path, reason: "can't be read, so nobody knows which files it needs", remedy: "Mend it, or move it away."
        )
      }
    }
  }

  private static func neighbour(_ path: String) throws -> Neighbour {
    do {
      let queue = try ResultsDatabase.openForReading(path)
      return try queue.read { db in
        let weights = try String.fetchSet(db, sql: "SELECT weights FROM runs WHERE weights IS NOT NULL")
        let unfinished = try Row.fetchAll(
          db, sql: "SELECT config, seed FROM runs WHERE state NOT IN ('finished', 'diverged', 'stopped')")
        return Neighbour(
          path: path, weights: weights,
          unfinished: unfinished.map { UnfinishedRun(config: $0["config"], seed: $0["seed"]) })
      }
    } catch let error as DatabaseError {
      throw ResultsDatabaseError(error, path: path)
    }
  }
}
