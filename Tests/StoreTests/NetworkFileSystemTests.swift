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

  @Test("What a process that died had written of a transaction is taken back before anything is read or merged")
  func killed() throws {
    let database = try ResultsDatabase(path: path, on: .shared("nfs4"), isAlone: true)
    _ = try database.store(experiment(), [run()])
    try database.close()
    // Copied while its pages are in the file and it isn't over: so a process leaves the files that is killed.
    let files = ["", "-journal"]
    let queue = try DatabaseQueue(path: path)
    try queue.inDatabase { db in
      try db.execute(sql: "PRAGMA cache_size = 1; BEGIN; UPDATE runs SET state = 'finished'; CREATE TABLE more (a)")
      try db.execute(
        sql:
          "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO more SELECT randomblob(99) FROM n"
      )
      for name in ["read", "merged"] {
        for file in files {
          try FileManager.default.copyItem(atPath: path + file, toPath: folder.path("\(name).sqlite") + file)
        }
      }
      try db.execute(sql: "ROLLBACK")
    }
    #expect(try Data(contentsOf: URL(filePath: folder.path("read.sqlite"))) != Data(contentsOf: URL(filePath: path)))
    let read = try ResultsDatabase(readingFrom: folder.path("read.sqlite"))
    #expect(try read.connection.read { try String.fetchAll($0, sql: "SELECT state FROM runs") } == ["queued"])
    #expect(try !read.connection.read { try $0.tableExists("more") })
    let whole = try ResultsDatabase(path: folder.path("whole.sqlite"))
    let merge = try whole.merge(from: folder.path("merged.sqlite")) { _ in
      false
    } prepare: { _ in
    } place: {
      $0.map { _ in nil }
    }
    #expect(merge.taken.map(\.state) == [.queued])
  }

  @Test("On a local disk a process that is alone shares the database as any other does")
  func local() throws {
    let database = try ResultsDatabase(path: path, on: .local, isAlone: true)
    #expect(try pragma("journal_mode", database) == "wal")
    #expect(try ResultsDatabase(readingFrom: path).experiments().isEmpty)
  }
}
