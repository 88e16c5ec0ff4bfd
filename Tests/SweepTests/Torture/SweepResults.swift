import Foundation
import GRDB
import Testing

/// All that a sweep leaves, but for the time that it took: rows of the database with every bit of their numbers, and weights.
struct SweepResults: Equatable {
  /// The rows of each table, each row as one text.
  let rows: [String: [String]]
  /// The weight files' bytes, by configuration and seed.
  let weights: [String: Data]

  /// Steps recorded of all runs.
  var steps: Int { rows["steps"]?.count ?? 0 }
  /// All rows that a comparison compares.
  var count: Int { rows.values.reduce(0) { $0 + $1.count } }

  /// Reads a copy of the database, so that the workplace's own stays as a program left it. It must be sound.
  init(of place: Workplace, database: String = "results/results.sqlite") throws {
    let run = "config || ' ' || seed"
    let copy = try place.copyOfDatabase(database)
    defer { try? FileManager.default.removeItem(at: copy.deletingLastPathComponent()) }
    let folder = place.path(database).deletingLastPathComponent()
    (rows, weights) = try DatabaseQueue(path: copy.path).read { db in
      let complaints =
        try String.fetchAll(db, sql: "PRAGMA integrity_check")
        + Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { "\($0)" }
      #expect(complaints == ["ok"])
      // A program may be killed before there is a table, and between the schema's versions, each of which is a transaction.
      guard try db.tableExists("runs"),
        try db.columns(in: "runs").contains(where: { $0.name == "final_standard_error" })
      else { return ([:], [:]) }
      var rows: [String: [String]] = [:]
      for table in ["steps", "evaluations", "samples"] {
        rows[table] = try Row.fetchAll(
          db, sql: "SELECT \(run) AS run, t.* FROM \(table) t JOIN runs ON runs.id = run_id ORDER BY \(run), step, 4"
        ).map { Self.text($0, leavingOut: ["run_id", "seconds", "cpu_seconds"]) }
      }
      let outcome = """
        state, state_reason, steps_done, train_loss, final_loss, final_bits_per_byte, final_standard_error, best_loss, best_step,
        parameters
        """
      rows["runs"] = try Row.fetchAll(db, sql: "SELECT \(run) AS run, \(outcome) FROM runs ORDER BY \(run)")
        .map { Self.text($0, leavingOut: []) }
      var weights: [String: Data] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT \(run) AS run, weights FROM runs WHERE weights IS NOT NULL") {
        let path: String = row["weights"]
        weights[row["run"]] = try Data(contentsOf: folder.appending(path: path))
      }
      return (rows, weights)
    }
  }

  /// Expects the same results, row for row and bit for bit, and tells the first difference.
  func expectSame(as reference: SweepResults, _ story: String, sourceLocation: SourceLocation = #_sourceLocation) {
    for (table, wanted) in reference.rows {
      let found = rows[table] ?? []
      guard found != wanted else { continue }
      let first = zip(found, wanted).first { $0 != $1 }
      Issue.record(
        "\(story): \(found.count) rows of \(table), wanted \(wanted.count); first difference: \(first.map { "\($0)" } ?? "none")",
        sourceLocation: sourceLocation)
    }
    #expect(weights == reference.weights, "\(story)", sourceLocation: sourceLocation)
  }

  private static func text(_ row: Row, leavingOut: Set<String>) -> String {
    row.filter { !leavingOut.contains($0.0) }.map { name, value in
      if case .double(let number) = value.storage { return "\(name)=\(number)/\(String(number.bitPattern, radix: 16))" }
      return "\(name)=\(value)"
    }.joined(separator: " ")
  }
}

extension Workplace {
  /// A copy of the database with its write-ahead log, in a folder of its own. Opening the database itself would bring its
  /// log in, which is left to the program that is tested.
  func copyOfDatabase(_ database: String = "results/results.sqlite") throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sweep-copy-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for ending in ["", "-wal", "-journal"] where FileManager.default.fileExists(atPath: path(database + ending).path) {
      try FileManager.default.copyItem(at: path(database + ending), to: folder.appending(path: "copy.sqlite" + ending))
    }
    return folder.appending(path: "copy.sqlite")
  }

  /// The rows of a query on a copy of the database.
  func queryCopy(_ sql: String, database: String = "results/results.sqlite") throws -> [Row] {
    let copy = try copyOfDatabase(database)
    defer { try? FileManager.default.removeItem(at: copy.deletingLastPathComponent()) }
    return try DatabaseQueue(path: copy.path).read { try Row.fetchAll($0, sql: sql) }
  }
}
