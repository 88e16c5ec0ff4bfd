import Foundation
import GRDB

/// Another database of ours in the same folder, which may need the same weight files.
public struct Neighbour: Sendable, Equatable {
  /// Its path.
  public var path: String
  /// The weight files that its runs name, relative to the folder.
  public var weights: Set<String>
  /// Its runs that are being trained, whose weights may be there before the database names them.
  public var running: [RunningRun]

  /// A run that is being trained.
  public struct RunningRun: Sendable, Equatable {
    /// The configuration as canonical JSON.
    public var config: String
    /// The seed.
    public var seed: Int64
  }

  /// The other databases of ours, of whatever version, in the folder of a database.
  ///
  /// - Throws: `ResultsDatabaseError.unusable` where one of them can't be read: then nobody knows what it needs.
  public static func all(of database: URL) throws -> [Neighbour] {
    let folder = database.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return try names.sorted().filter { $0 != database.lastPathComponent }.compactMap { name -> Neighbour? in
      let path = folder.appending(path: name).path
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
        return nil
      }
      do {
        let start = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)).read(upToCount: 100) ?? Data()
        // A database that was cut short: whose it was can't be told.
        if start.count < 100, start.starts(with: Data("SQLite format 3".utf8)) {
          throw CocoaError(.fileReadCorruptFile)
        }
        guard case .database(let owner, _) = try DatabaseFile(at: path), owner == Schema.applicationID else {
          return nil
        }
      } catch {
        // A file that may not be read could be a database that needs the files here. Nothing is removed on a guess.
        throw ResultsDatabaseError.unusable(path: path, reason: "can't be read, so nobody knows which files it needs")
      }
      return try neighbour(path)
    }
  }

  private static func neighbour(_ path: String) throws -> Neighbour {
    do {
      let queue = try ResultsDatabase.openForReading(path)
      return try queue.read { db in
        let weights = try String.fetchSet(db, sql: "SELECT weights FROM runs WHERE weights IS NOT NULL")
        let running = try Row.fetchAll(db, sql: "SELECT config, seed FROM runs WHERE state = 'running'")
        return Neighbour(
          path: path, weights: weights, running: running.map { RunningRun(config: $0["config"], seed: $0["seed"]) })
      }
    } catch let error as DatabaseError {
      throw ResultsDatabaseError.unusable(path: path, reason: error.message ?? "\(error.resultCode)")
    }
  }
}
