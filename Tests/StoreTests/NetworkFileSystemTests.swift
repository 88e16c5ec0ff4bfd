import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// A database on a file system that several machines see.
@Suite(.timeLimit(.minutes(10)))
struct NetworkFileSystemTests {
  let folder: TemporaryFolder
  var path: String { folder.path("r.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  private func pragma(_ name: String, _ database: ResultsDatabase) throws -> String? {
    try database.connection.read { try String.fetchOne($0, sql: "PRAGMA \(name)") }
  }

  @Test("One process alone has it locked, with a rollback journal that reaches the disk")
  func alone() throws {
    let database = try ResultsDatabase(path: path, on: .shared("nfs4"), isAlone: true)
    #expect(try pragma("journal_mode", database) == "delete")
    // 2 is full.
    #expect(try pragma("synchronous", database) == "2")
    #expect(try pragma("locking_mode", database) == "exclusive")
    _ = try database.store(experiment(), [run()])
    #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
    // Not even a reader comes in.
    #expect(throws: ResultsDatabaseError.locked(path: path)) { try ResultsDatabase(readingFrom: path, waits: false) }
    try database.close()
    #expect(try ResultsDatabase(readingFrom: path).experiments().count == 1)
  }

  @Test("It is refused where others may use it too, and nothing is made")
  func shared() {
    #expect(throws: ResultsDatabaseError.network(path: path, type: "nfs4")) {
      try ResultsDatabase(path: path, on: .shared("nfs4"), isAlone: false)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("A database that was made on a local disk and left a log there is brought into one file")
  func fromLocalDisk() throws {
    let local = try ResultsDatabase(path: folder.path("local.sqlite"))
    _ = try local.store(experiment(), [run()])
    for ending in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: folder.path("local.sqlite") + ending, toPath: path + ending)
    }
    let database = try ResultsDatabase(path: path, on: .shared("nfs4"), isAlone: true)
    #expect(try database.experiments().count == 1)
    #expect(try pragma("journal_mode", database) == "delete")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(!names.contains("r.sqlite-wal") && !names.contains("r.sqlite-shm"), "\(names)")
  }

  @Test("On a local disk a process that is alone shares the database as any other does")
  func local() throws {
    let database = try ResultsDatabase(path: path, on: .local, isAlone: true)
    #expect(try pragma("journal_mode", database) == "wal")
    #expect(try ResultsDatabase(readingFrom: path).experiments().isEmpty)
  }
}
