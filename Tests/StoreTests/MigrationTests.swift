import Foundation
import GRDB
import Store
import Testing

/// A database that each released version of the schema left, brought up to date.
struct MigrationTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Copies the fixture, so that it stays what it is.
  private func copy(_ name: String) throws -> String {
    let fixture = try #require(Bundle.module.url(forResource: name, withExtension: "sqlite", subdirectory: "Fixtures"))
    try FileManager.default.copyItem(at: fixture, to: URL(fileURLWithPath: folder.path("results.sqlite")))
    return folder.path("results.sqlite")
  }

  @Test("A database of version 1 keeps every row and gains what version 2 knows")
  func version1() throws {
    let path = try copy("version-1")
    #expect(throws: ResultsDatabaseError.older(path: path, version: 1, known: 2)) {
      try ResultsDatabase(readingFrom: path)
    }
    let tables = ["experiments", "runs", "experiment_runs", "steps", "evaluations", "samples"]
    let columns = try tables.map { table in
      try folder.query("results.sqlite", "SELECT group_concat(name) FROM pragma_table_info('\(table)')")[0]
    }
    func rows() throws -> [[String]] {
      try zip(tables, columns).map { try folder.query("results.sqlite", "SELECT \($1) FROM \($0) ORDER BY 1, 2, 3") }
    }
    let before = try rows()
    #expect(before.map(\.count) == [1, 4, 4, 14, 11, 3])

    let database = try ResultsDatabase(existingAt: path)

    #expect(try rows() == before)
    #expect(try folder.query("results.sqlite", "PRAGMA user_version") == ["2"])
    #expect(try folder.query("results.sqlite", "PRAGMA integrity_check") == ["ok"])
    let experiment = try database.experiment(named: "widths")
    let runs = try database.runs(of: experiment)
    #expect(runs.map(\.state) == [.finished, .finished, .finished, .interrupted])
    #expect(runs.allSatisfy { $0.sourceCommit == nil })
    #expect(try database.formerRuns(of: experiment).isEmpty)
    #expect(try database.specVersions(of: experiment).map(\.spec) == [experiment.spec])
    #expect(try folder.query("results.sqlite", "SELECT DISTINCT in_grid FROM leaderboard") == ["1"])
    #expect(try folder.query("results.sqlite", "SELECT count(*) FROM leases") == ["0"])
  }
}
