import GRDB

extension ResultsDatabase {
  /// Stores an experiment with the runs of its grid, in the grid's order, and returns the runs as they stand.
  ///
  /// A run that the database already holds (same configuration, same seed) is taken as it is, whichever experiment
  /// brought it; so the same run in two specs is trained once. Runs that an earlier version of the spec brought and this
  /// one doesn't are marked as no longer in the grid. A spec whose text has changed is kept as one more version.
  public func store(_ experiment: Experiment, runs: [Run]) throws -> [Run] {
    try writing { db in
      let now = timestamp()
      var stored = experiment
      stored.updatedAt = now
      if let known = try Experiment.filter(Column("name") == experiment.name).fetchOne(db) {
        stored.id = known.id
        stored.createdAt = known.createdAt
        try stored.update(db)
      } else {
        stored.createdAt = now
        try stored.insert(db)
      }
      let experimentID = stored.id
      try Self.remember(stored, at: now, in: db)
      try db.execute(sql: "UPDATE experiment_runs SET in_grid = 0 WHERE experiment_id = ?", arguments: [experimentID])
      let link = try db.makeStatement(
        sql: """
          INSERT INTO experiment_runs (experiment_id, run_id, position, in_grid) VALUES (?, ?, ?, 1)
          ON CONFLICT DO UPDATE SET position = excluded.position, in_grid = 1
          """)
      return try runs.enumerated().map { position, run in
        var run = run
        if let known = try Self.request(for: run).fetchOne(db) {
          run = known
        } else {
          try run.insert(db)
        }
        try link.execute(arguments: [experimentID, run.id, position])
        return run
      }
    }
  }

  /// The runs with these configurations and seeds as the database holds them; nil for one that it doesn't hold.
  public func known(_ runs: [Run]) throws -> [Run?] {
    try reading { db in try runs.map { try Self.request(for: $0).fetchOne(db) } }
  }

  /// All experiments, by name.
  public func experiments() throws -> [Experiment] {
    try reading { try Experiment.order(Column("name")).fetchAll($0) }
  }

  /// The experiment of that name.
  ///
  /// - Throws: `ResultsDatabaseError.noExperiment`, which names those that are there.
  public func experiment(named name: String) throws -> Experiment {
    try reading { db in
      guard let experiment = try Experiment.filter(Column("name") == name).fetchOne(db) else {
        let known = try String.fetchAll(db, sql: "SELECT name FROM experiments ORDER BY name")
        throw ResultsDatabaseError.noExperiment(name: name, known: known)
      }
      return experiment
    }
  }

  /// The experiment's runs in the order of its grid.
  public func runs(of experiment: Experiment) throws -> [Run] { try runs(of: experiment, inGrid: true) }

  /// Runs that an earlier version of the experiment's spec brought and the present one doesn't.
  public func formerRuns(of experiment: Experiment) throws -> [Run] { try runs(of: experiment, inGrid: false) }

  private func runs(of experiment: Experiment, inGrid: Bool) throws -> [Run] {
    try reading { db in
      try Run.fetchAll(
        db,
        sql: """
          SELECT runs.* FROM runs JOIN experiment_runs ON run_id = id WHERE experiment_id = ? AND in_grid = ?
          ORDER BY position, id
          """,
        arguments: [experiment.id, inGrid])
    }
  }

  /// The texts that the experiment's spec has had, the present one last.
  public func specVersions(of experiment: Experiment) throws -> [SpecVersion] {
    try reading { db in
      try SpecVersion.fetchAll(
        db,
        sql: "SELECT version, spec, spec_path, stored_at FROM spec_versions WHERE experiment_id = ? ORDER BY version",
        arguments: [experiment.id])
    }
  }

  /// The run with that number; nil where there is none.
  public func run(_ id: Int64) throws -> Run? {
    try reading { try Run.fetchOne($0, key: id) }
  }

  /// Adds the spec's text to the experiment's versions where it isn't the latest of them.
  private static func remember(_ experiment: Experiment, at now: String, in db: Database) throws {
    let latest = try String.fetchOne(
      db, sql: "SELECT spec FROM spec_versions WHERE experiment_id = ? ORDER BY version DESC LIMIT 1",
      arguments: [experiment.id])
    guard latest != experiment.spec else { return }
    try db.execute(
      sql: """
        INSERT INTO spec_versions (experiment_id, version, spec, spec_path, stored_at)
        VALUES (:id, 1 + (SELECT count(*) FROM spec_versions WHERE experiment_id = :id), :spec, :path, :now)
        """,
      arguments: ["id": experiment.id, "spec": experiment.spec, "path": experiment.specPath, "now": now])
  }

  private static func request(for run: Run) -> QueryInterfaceRequest<Run> {
    Run.filter(Column("config") == run.config && Column("seed") == run.seed)
  }
}
