import Foundation
import GRDB

/// What merging a database into another did, or would do.
public struct Merge: Sendable {
  /// A run that the source has and the other lacks, or has not got as far with.
  public struct Taken: Sendable {
    /// Its number in the source.
    let source: Int64
    /// Its number in the other database; nil where that hasn't got it.
    let target: Int64?
    /// The configuration as canonical JSON.
    public let config: String
    /// The seed.
    public let seed: Int64
    /// Where it stands in the source.
    public let state: RunState
    /// Its weight file, relative to the source's folder.
    public let weights: String?
    /// Whether the other database has part of it, which the source's takes the place of.
    public let replacesPart: Bool
  }

  /// A run that both have with other results. That of the database that is merged into stays.
  public struct Conflict: Sendable {
    /// The run's number there.
    public let id: Int64
    /// The results as the two have them, the one that stays first: their states, losses, machines and processors.
    public let kept: String, other: String
  }

  /// Runs whose results come from the source.
  public internal(set) var taken: [Taken] = []
  /// Number of runs that both have, with the same result or one as far.
  public internal(set) var known = 0
  /// Runs with other results.
  public internal(set) var conflicts: [Conflict] = []
  /// Number of runs that a process trains for the database that is merged into; they are left alone.
  public internal(set) var held = 0
}

extension ResultsDatabase {
  /// Brings the runs of another database into this one in one transaction: all that is recorded of those that this one lacks or
  /// has not got as far with, and the experiments, as if one sweep had stored them. A run is known by configuration and seed.
  /// What is here with a result stays. The other database is only read, and the same once more changes nothing.
  ///
  /// - Parameters:
  ///   - source: The other database's path; it must be of this version.
  ///   - isHeld: Whether the process of a lease lives.
  ///   - prepare: Told what is to be taken before the transaction, while others may write.
  ///   - place: Within the transaction puts the files of the runs in their places; returns the weights' paths by the runs'
  ///     order, relative to this database's folder.
  /// - Throws: `ResultsDatabaseError`, `.inUse` where the source's runs are in training; or what the closures throw. Then nothing
  ///   has changed.
  public func merge(
    from source: String, isHeld: @escaping (Lease) -> Bool, prepare: ([Merge.Taken]) throws -> Void,
    place: ([Merge.Taken]) throws -> [String?]
  ) throws -> Merge {
    do {
      return try connection.writeWithoutTransaction { db in
        try Self.attach(source, to: db)
        defer { try? db.execute(sql: "DETACH source") }
        var merge = Merge()
        try db.inTransaction(.deferred) {
          try Self.refuseInTraining(source, isHeld, db)
          try prepare(Self.compare(isHeld, db).taken)
          return .rollback
        }
        try db.inTransaction(.immediate) {
          try Self.refuseInTraining(source, isHeld, db)
          let changes = db.totalChangesCount
          merge = try Self.compare(isHeld, db)
          try Self.take(merge.taken, weights: place(merge.taken), db)
          let merged = try Self.mergeExperiments(source, db)
          // With no new row all stays.
          if db.totalChangesCount > changes { for experiment in merged { try Self.chooseMetric(experiment, db) } }
          return .commit
        }
        return merge
      }
    } catch let error as DatabaseError {
      throw path.map { ResultsDatabaseError(error, path: $0) } ?? error
    }
  }

  private static func attach(_ source: String, to db: Database) throws {
    let path = URL(fileURLWithPath: UserPath.followingLinks(source)).path
    // To read a log SQLite makes a file beside the database; where it can't, nobody writes there either.
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let isFixed =
      access(folder, W_OK) != 0 && !FileManager.default.fileExists(atPath: path + "-wal") && !hasJournal(path)
    let uri = URL(fileURLWithPath: path).absoluteString + (isFixed ? "?immutable=1" : "?mode=ro")
    do {
      try takeBack(path, .timeout(1))
      try db.execute(sql: "ATTACH ? AS source", arguments: [uri])
    } catch let error as DatabaseError {
      throw ResultsDatabaseError(error, path: source)
    }
  }

  private static func refuseInTraining(_ path: String, _ isHeld: (Lease) -> Bool, _ db: Database) throws {
    let leases = try Lease.fetchAll(db, sql: "SELECT * FROM source.leases ORDER BY run_id").filter(isHeld)
    guard let first = leases.first else { return }
    throw ResultsDatabaseError.inUse(
      path: path, runs: leases.map(\.runID), process: "process \(first.worker.process) on \(first.worker.host)")
  }

  /// The tables that have what is recorded of a run's training.
  private static let recorded = ["steps", "evaluations", "samples", "former_configs"]

  /// The columns that a training's result shows in, by which two results are compared.
  private static let results = [
    "state", "steps_done", "train_loss", "final_loss", "final_bits_per_byte", "final_averaged_loss", "best_loss",
    "best_step",
  ]

  private static func compare(_ isHeld: (Lease) -> Bool, _ db: Database) throws -> Merge {
    let held = Set(try Lease.fetchAll(db, sql: "SELECT * FROM main.leases").filter(isHeld).map(\.runID))
    let differ = results.map { "t.\($0) IS NOT s.\($0)" }.joined(separator: " OR ")
    func story(_ table: String) -> String {
      """
      \(table).state || coalesce(' with a loss of ' || \(table).final_loss, '') || coalesce(' on ' || \(table).host, '')
        || coalesce(' (' || \(table).cpu || coalesce(', ' || \(table).blas, '') || ')', '')
      """
    }
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT s.id AS source, t.id AS target, s.config, s.seed, s.state AS state, t.state AS there, s.steps_done AS steps,
          t.steps_done AS steps_there, s.weights, \(differ) AS differs, \(story("t")) AS kept, \(story("s")) AS other
        FROM source.runs s LEFT JOIN main.runs t ON t.config = s.config AND t.seed = s.seed ORDER BY s.id
        """)
    var merge = Merge()
    while let row = try rows.next() {
      guard let state = RunState(rawValue: row["state"]) else { continue }
      let target: Int64? = row["target"]
      let there = (row["there"] as String?).flatMap(RunState.init)
      let isFurther =
        switch there {
        case nil: true
        case let there? where there.isOver: false
        case let there?:
          state.isOver || row["steps"] as Int > row["steps_there"] as Int || there == .queued && state != .queued
        }
      if let target, held.contains(target) {
        merge.held += 1
      } else if isFurther {
        merge.taken.append(
          Merge.Taken(
            source: row["source"], target: target, config: row["config"], seed: row["seed"], state: state,
            weights: row["weights"], replacesPart: row["steps_there"] as Int? ?? 0 > 0))
      } else if let target, let there, there.isOver, state.isOver, row["differs"] {
        merge.conflicts.append(Merge.Conflict(id: target, kept: row["kept"], other: row["other"]))
      } else {
        merge.known += 1
      }
    }
    return merge
  }

  private static func columns(of table: String, without: Set<String>, _ db: Database) throws -> String {
    // Generated columns aren't listed. https://www.sqlite.org/pragma.html#pragma_table_info
    try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
      .filter { !without.contains($0) }.joined(separator: ", ")
  }

  private static func take(_ taken: [Merge.Taken], weights: [String?], _ db: Database) throws {
    let columns = try columns(of: "runs", without: ["id"], db)
    try db.execute(sql: "CREATE TEMP TABLE taken (source INTEGER PRIMARY KEY, target INTEGER NOT NULL)")
    defer { try? db.execute(sql: "DROP TABLE temp.taken") }
    let insert = try db.makeStatement(
      sql: "INSERT INTO main.runs (\(columns)) SELECT \(columns) FROM source.runs WHERE id = ?")
    let replace = try db.makeStatement(
      sql: "UPDATE main.runs SET (\(columns)) = (SELECT \(columns) FROM source.runs WHERE id = ?) WHERE id = ?")
    let pair = try db.makeStatement(sql: "INSERT INTO temp.taken VALUES (?, ?)")
    let finish = try db.makeStatement(
      sql: """
        UPDATE main.runs SET weights = ?, state_reason = CASE state WHEN 'running' THEN 'its process had ended when it was merged'
          ELSE state_reason END, state = CASE state WHEN 'running' THEN 'interrupted' ELSE state END WHERE id = ?
        """)
    for (run, weights) in zip(taken, weights) {
      if let target = run.target {
        for table in ["leases"] + Self.recorded {
          try db.cachedStatement(sql: "DELETE FROM main.\(table) WHERE run_id = ?").execute(arguments: [target])
        }
        try replace.execute(arguments: [run.source, target])
      } else {
        try insert.execute(arguments: [run.source])
      }
      let target = run.target ?? db.lastInsertedRowID
      try pair.execute(arguments: [run.source, target])
      try finish.execute(arguments: [weights, target])
    }
    // In the tables' own order, so that rows are appended.
    for table in Self.recorded {
      let columns = try self.columns(of: table, without: ["run_id"], db)
      try db.execute(
        sql: """
          INSERT INTO main.\(table) (run_id, \(columns))
          SELECT x.target, \(columns) FROM temp.taken x CROSS JOIN source.\(table) m ON m.run_id = x.source
          """)
    }
    // Of a run that both have with one result, two experiments may have looked at other steps.
    let same = results.map { "t.\($0) IS s.\($0)" }.joined(separator: " AND ")
    for table in ["evaluations", "samples"] {
      let columns = try self.columns(of: table, without: ["run_id"], db)
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO main.\(table) (run_id, \(columns))
          SELECT t.id, \(columns.split(separator: ", ").map { "m.\($0)" }.joined(separator: ", "))
          FROM source.runs s JOIN main.runs t ON t.config = s.config AND t.seed = s.seed CROSS JOIN source.\(table) m ON m.run_id = s.id
          WHERE \(same) AND s.state IN ('finished', 'diverged', 'stopped') AND s.id NOT IN (SELECT source FROM temp.taken)
          """)
    }
    // What a check measured follows from configuration and seed, whether the run was trained or not.
    let measured = try self.columns(of: "coordinates", without: ["run_id"], db)
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO main.coordinates (run_id, \(measured))
        SELECT t.id, \(measured) FROM source.coordinates m JOIN source.runs s ON s.id = m.run_id
          JOIN main.runs t ON t.config = s.config AND t.seed = s.seed
        """)
  }

  /// Which of two versions of an experiment's spec is the present one.
  private enum Version { case same, older, newer }

  /// Returns the experiments as they are then.
  private static func mergeExperiments(_ source: String, _ db: Database) throws -> [Experiment] {
    var all: [Experiment] = []
    for experiment in try Experiment.fetchAll(db, sql: "SELECT * FROM source.experiments ORDER BY id") {
      let known = try Experiment.fetchOne(
        db, sql: "SELECT * FROM main.experiments WHERE name = ?", arguments: [experiment.name])
      let version = try known.map { try self.version(of: experiment, beside: $0, source, db) } ?? .newer
      var merged = known ?? experiment
      if version == .newer {
        merged = experiment
        merged.id = known?.id
        merged.createdAt = min(experiment.createdAt, known?.createdAt ?? experiment.createdAt)
        if known == nil { try merged.insert(db) } else { try merged.update(db) }
        try db.execute(
          sql: "UPDATE main.experiment_runs SET in_grid = 0 WHERE experiment_id = ?", arguments: [merged.id])
      }
      try db.execute(
        sql: """
          INSERT INTO main.spec_versions (experiment_id, version, spec, spec_path, stored_at)
          SELECT :target, (SELECT count(*) FROM main.spec_versions WHERE experiment_id = :target) + row_number() OVER (ORDER BY version),
            spec, spec_path, stored_at
          FROM source.spec_versions v WHERE experiment_id = :source AND :isNewer
            AND spec NOT IN (SELECT spec FROM main.spec_versions WHERE experiment_id = :target)
          """,
        arguments: ["source": experiment.id, "target": merged.id, "isNewer": version == .newer])
      // A run that a spec no longer asked for there may be asked for here, and the other way round.
      try db.execute(
        sql: """
          INSERT INTO main.experiment_runs (experiment_id, run_id, position, in_grid, point)
          SELECT :target, t.id, x.position, x.in_grid AND :isPresent, x.point
          FROM source.experiment_runs x JOIN source.runs s ON s.id = x.run_id
            JOIN main.runs t ON t.config = s.config AND t.seed = s.seed
          WHERE x.experiment_id = :source
          ON CONFLICT DO UPDATE SET position = excluded.position, in_grid = 1, point = excluded.point
            WHERE excluded.in_grid AND NOT in_grid
          """,
        arguments: ["source": experiment.id, "target": merged.id, "isPresent": version != .older])
      all.append(merged)
    }
    return all
  }

  private static func version(
    of experiment: Experiment, beside known: Experiment, _ source: String, _ db: Database
  ) throws -> Version {
    if experiment.spec == known.spec { return .same }
    func has(_ schema: String, _ holder: Experiment, _ spec: String) throws -> Bool {
      try Int.fetchOne(
        db, sql: "SELECT 1 FROM \(schema).spec_versions WHERE experiment_id = ? AND spec = ?",
        arguments: [holder.id, spec]) != nil
    }
    if try has("main", known, experiment.spec) { return .older }
    if try has("source", experiment, known.spec) { return .newer }
    throw ResultsDatabaseError.otherSpec(path: source, name: experiment.name)
  }

  /// Chooses what an experiment's runs are ranked by. Seeds, of which there may be many, make no difference.
  private static func chooseMetric(_ experiment: Experiment, _ db: Database) throws {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT runs.* FROM main.runs JOIN main.experiment_runs ON run_id = id WHERE experiment_id = ? AND in_grid
        GROUP BY config, state, vocab_size, held_out_sha256, evaluated_tokens, unknown_tokens IS NULL ORDER BY position, id
        """, arguments: [experiment.id])
    var basis: [RankingMetric.Basis] = []
    while let row = try rows.next() { basis.append(try Run(row: row).basis) }
    try db.execute(
      sql: "UPDATE main.experiments SET metric = ? WHERE id = ?",
      arguments: [RankingMetric.choice(for: basis).metric?.rawValue, experiment.id])
  }

  /// The databases of ours that lie in a folder, by name.
  public static func databases(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted { $0.localizedStandardCompare($1) == .orderedAscending }
      .map { URL(fileURLWithPath: folder).appending(path: $0).relativePath }
      .filter {
        if case .database(let header)? = try? DatabaseFile(at: $0) {
          header.applicationID == Schema.applicationID
        } else {
          false
        }
      }
  }
}
