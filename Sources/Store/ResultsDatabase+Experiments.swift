import GRDB

extension ResultsDatabase {
  /// Runs stored in one transaction, so that no other process waits for long.
  private static let chunk = 500

  /// A run of an experiment's grid.
  public struct GridRun: Sendable {
    /// The run.
    public var run: Run
    /// Its place in the grid, from 0.
    public var position: Int
    /// Its value on every axis that has a meaning for it.
    public var point: [String: Scalar]

    /// A run at its place.
    public init(run: Run, position: Int, point: [String: Scalar]) {
      (self.run, self.position, self.point) = (run, position, point)
    }
  }

  /// Stores an experiment with the runs of its grid, in the grid's order; returns the runs as they stand.
  ///
  /// - Parameter isOver: Whether the process was asked to stop.
  public func store(
    _ experiment: Experiment, runs: [(run: Run, point: [String: Scalar])], isOver: () -> Bool = { false }
  ) throws -> [Run] {
    let grid = runs.enumerated().map { GridRun(run: $1.run, position: $0, point: $1.point) }
    return try store(experiment, grid: grid, isOver: isOver)
  }

  /// Stores an experiment with runs of its grid: all, or those of a shard. Returns the runs as they stand.
  ///
  /// A run that the database already holds (same configuration, same seed) is taken as it is, whichever experiment
  /// brought it; so the same run in two specs is trained once. Runs that an earlier version of the spec brought and this
  /// one doesn't are marked as no longer in the grid. A spec whose text has changed is kept as one more version.
  ///
  /// - Parameter isOver: Whether the process was asked to stop; then nothing more is stored, and the experiment stays as it was.
  /// - Throws: `CancellationError` then.
  public func store(
    _ experiment: Experiment, grid runs: [GridRun], isOver: () -> Bool = { false }
  ) throws -> [Run] {
    // Runs come first and by and by; the experiment takes its new form at once.
    var stored: [Run] = []
    for start in stride(from: 0, to: runs.count, by: Self.chunk) {
      if isOver() { throw CancellationError() }
      stored += try writing { db in
        try runs[start..<min(start + Self.chunk, runs.count)].map { gridRun in
          var run = gridRun.run
          if let known = try Self.fetch(run, db) { return known }
          try run.insert(db)
          return run
        }
      }
    }
    let places = try runs.map { (position: $0.position, point: try StoredJSON.text($0.point)) }
    var experiment = experiment
    experiment.metric = RankingMetric.choice(for: zip(runs, stored).map { Self.basis(of: $0.run, stored: $1) }).metric
    try writing { db in try Self.store(experiment, zip(stored, places), in: db) }
    return stored
  }

  /// All is known of a run that a spec asks for but how its stored result was measured.
  private static func basis(of run: Run, stored: Run) -> RankingMetric.Basis {
    var stored = stored
    if !stored.state.isOver { stored.facts = run.facts }
    let facts = stored.facts
    stored.facts.heldOutSHA256 = facts.heldOutSHA256 ?? run.facts.heldOutSHA256
    stored.facts.evaluatedTokens = facts.evaluatedTokens ?? run.facts.evaluatedTokens
    return stored.basis
  }

  private static func store(
    _ experiment: Experiment, _ runs: some Sequence<(Run, (position: Int, point: String))>, in db: Database
  ) throws {
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
    try remember(stored, at: now, in: db)
    try db.execute(sql: "UPDATE experiment_runs SET in_grid = 0 WHERE experiment_id = ?", arguments: [stored.id])
    let link = try db.makeStatement(
      sql: """
        INSERT INTO experiment_runs (experiment_id, run_id, position, in_grid, point) VALUES (?, ?, ?, 1, ?)
        ON CONFLICT DO UPDATE SET position = excluded.position, in_grid = 1, point = excluded.point
        """)
    for (run, place) in runs {
      try link.execute(arguments: [stored.id, run.id, place.position, place.point])
    }
  }

  /// The runs with these configurations and seeds as the database holds them; nil for one that it doesn't hold.
  public func known(_ runs: [Run]) throws -> [Run?] {
    try reading { db in try runs.map { try Self.fetch($0, db) } }
  }

  /// The states of the runs with these configurations and seeds; nil for one that the database doesn't hold.
  public func states(of runs: [(config: String, seed: Int64)]) throws -> [RunState?] {
    try reading { db in
      let statement = try db.cachedStatement(sql: "SELECT state FROM runs WHERE config = ? AND seed = ?")
      return try runs.map { try String.fetchOne(statement, arguments: [$0.config, $0.seed]).flatMap(RunState.init) }
    }
  }

  private static func fetch(_ run: Run, _ db: Database) throws -> Run? {
    let statement = try db.cachedStatement(sql: "SELECT * FROM runs WHERE config = ? AND seed = ?")
    return try Run.fetchOne(statement, arguments: [run.config, run.seed])
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
  public func runs(of experiment: Experiment) throws -> [Run] { try grid(of: experiment).map(\.run) }

  /// The experiment's runs in the order of its grid, each with its value on every axis that has a meaning for it.
  public func grid(of experiment: Experiment) throws -> [(run: Run, point: [String: Scalar])] {
    try runs(of: experiment, inGrid: true)
  }

  /// Runs that an earlier version of the experiment's spec brought and the present one doesn't.
  public func formerRuns(of experiment: Experiment) throws -> [Run] {
    try runs(of: experiment, inGrid: false).map(\.run)
  }

  private func runs(of experiment: Experiment, inGrid: Bool) throws -> [(run: Run, point: [String: Scalar])] {
    try reading { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT runs.*, point FROM runs JOIN experiment_runs ON run_id = id WHERE experiment_id = ? AND in_grid = ?
          ORDER BY position, id
          """,
        arguments: [experiment.id, inGrid])
      var runs: [(run: Run, point: [String: Scalar])] = []
      while let row = try rows.next() { runs.append((try Run(row: row), try StoredJSON.value(row["point"]))) }
      return runs
    }
  }

  /// The axes of an experiment that has all of these runs, with the runs' points on them by their numbers; nil where none has.
  public func axes(sharedBy runs: Set<Int64>) throws -> (axes: [Axis], points: [Int64: [String: Scalar]])? {
    try reading { db -> (axes: [Axis], points: [Int64: [String: Scalar]])? in
      let places = Array(repeating: "?", count: runs.count).joined(separator: ", ")
      let experiment = try Experiment.fetchOne(
        db,
        sql: """
          SELECT e.* FROM experiments e JOIN experiment_runs x ON x.experiment_id = e.id AND x.run_id IN (\(places))
          GROUP BY e.id HAVING count(*) = ? ORDER BY sum(x.in_grid) DESC, e.id LIMIT 1
          """,
        arguments: StatementArguments(runs) + [runs.count])
      guard let experiment else { return nil }
      let points = try Row.fetchAll(
        db, sql: "SELECT run_id, point FROM experiment_runs WHERE experiment_id = ? AND run_id IN (\(places))",
        arguments: [experiment.id] + StatementArguments(runs))
      return (experiment.axes, try points.reduce(into: [:]) { try $0[$1["run_id"]] = StoredJSON.value($1["point"]) })
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
}
