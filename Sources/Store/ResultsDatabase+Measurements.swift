import GRDB

extension ResultsDatabase {
  /// A run's steps in order.
  public func steps(of runID: Int64) throws -> [Step] {
    try reading {
      try Step.fetchAll($0, sql: "SELECT * FROM steps WHERE run_id = ? ORDER BY step", arguments: [runID])
    }
  }

  /// The time that every run with a recorded step had been trained when its last one was made, in seconds.
  public func secondsRecorded() throws -> [Int64: Double] {
    try reading { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT id, (SELECT seconds FROM steps WHERE run_id = id ORDER BY step DESC LIMIT 1) AS recorded FROM runs
          WHERE recorded IS NOT NULL
          """)
      var seconds: [Int64: Double] = [:]
      // What a damaged page holds isn't what it should be.
      while let row = try rows.next() {
        guard let id = Int64.fromDatabaseValue(row[0]), let time = Double.fromDatabaseValue(row[1]) else { continue }
        seconds[id] = time
      }
      return seconds
    }
  }

  /// A run's evaluations in order.
  public func evaluations(of runID: Int64) throws -> [Evaluation] {
    try reading {
      try Evaluation.fetchAll($0, sql: "SELECT * FROM evaluations WHERE run_id = ? ORDER BY step", arguments: [runID])
    }
  }

  /// The evaluations of an experiment's runs by the run's number, each in order. Of a run with more than `perRun`, the
  /// first, the last and some evenly between.
  public func evaluations(of experiment: Experiment, perRun: Int) throws -> [Int64: [Evaluation]] {
    precondition(perRun > 1, "perRun is \(perRun)")
    return try reading { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          WITH numbered AS (
            SELECT v.*, row_number() OVER (PARTITION BY v.run_id ORDER BY v.step DESC) - 1 AS place,
              count(*) OVER (PARTITION BY v.run_id) AS count
            FROM evaluations v JOIN experiment_runs x ON x.run_id = v.run_id WHERE x.experiment_id = :experiment)
          SELECT run_id, step, loss, bits_per_byte, tokens, seconds, standard_error, cpu_seconds FROM numbered
          WHERE place % ((count + :most - 1) / :most) = 0 OR step = 0
          ORDER BY run_id, step
          """,
        arguments: ["experiment": experiment.id, "most": perRun])
      var evaluations: [Int64: [Evaluation]] = [:]
      while let row = try rows.next() {
        let loss: Double? = row[2]
        let bits: Double? = row[3]
        evaluations[row[0], default: []].append(
          Evaluation(
            step: row[1], loss: loss ?? .nan, bitsPerByte: bits ?? .nan, standardError: row[6], tokens: row[4],
            seconds: row[5], cpuSeconds: row[7]))
      }
      return evaluations
    }
  }

  /// A run's samples, in order of step and prompt.
  public func samples(of runID: Int64) throws -> [Sample] {
    try reading {
      try Sample.fetchAll(
        $0, sql: "SELECT * FROM samples WHERE run_id = ? ORDER BY step, prompt_index, prompt, temperature, tokens",
        arguments: [runID])
    }
  }

  /// What was looked at of the runs of an experiment's grid that are over, by their numbers.
  public func looked(at experiment: Experiment) throws -> [Int64: Looked] {
    try reading { db in
      let runs = """
        FROM experiment_runs x JOIN runs r ON r.id = x.run_id AND x.experiment_id = ? AND x.in_grid
          AND r.state IN ('finished', 'diverged', 'stopped')
        """
      var looked: [Int64: Looked] = [:]
      let evaluations = try Row.fetchCursor(
        db, sql: "SELECT v.run_id, v.step \(runs) JOIN evaluations v ON v.run_id = r.id", arguments: [experiment.id])
      while let row = try evaluations.next() { looked[row[0], default: Looked()].evaluations.insert(row[1]) }
      let samples = try Row.fetchCursor(
        db,
        sql: """
          SELECT t.run_id, t.step, t.prompt_index, t.prompt, t.temperature, t.tokens \(runs)
            JOIN samples t ON t.run_id = r.id
          """,
        arguments: [experiment.id])
      while let row = try samples.next() {
        let key = Sample.Key(step: row[1], promptIndex: row[2], prompt: row[3], temperature: row[4], tokens: row[5])
        looked[row[0], default: Looked()].samples.insert(key)
      }
      return looked
    }
  }

  /// A run's training as measured: at most about `points` of its steps, evenly spaced. Steps without a finite loss are
  /// left out.
  public func trainingTrace(of runID: Int64, points: Int) throws -> [TrainingPoint] {
    precondition(points > 0, "points is \(points)")
    return try reading { db in
      try TrainingPoint.fetchAll(
        db,
        sql: """
          SELECT step, loss, tokens, seconds, lr, grad_norm, cpu_seconds FROM steps
          WHERE run_id = :run AND loss IS NOT NULL
            AND step % (SELECT max(1, (max(step) + :points - 1) / :points) FROM steps WHERE run_id = :run) = 0
          ORDER BY step
          """,
        arguments: ["run": runID, "points": points])
    }
  }

  /// A run's training for drawing: its steps in at most `points` groups of neighbours, each averaged and shown at its
  /// middle. Groups without a finite loss are left out.
  public func trainingCurve(of runID: Int64, points: Int) throws -> [TrainingPoint] {
    precondition(points > 0, "points is \(points)")
    return try reading { db in
      // Compiled once: a page reads the curves of all its runs.
      let statement = try db.cachedStatement(
        sql: """
          SELECT (min(step) + max(step)) / 2 AS step, avg(loss), (min(tokens) + max(tokens)) / 2, avg(seconds), avg(lr),
            avg(grad_norm), avg(cpu_seconds)
          FROM steps
          WHERE run_id = :run
          GROUP BY (step - 1) * :points / (SELECT max(step) FROM steps WHERE run_id = :run)
          HAVING count(loss) > 0 ORDER BY step
          """)
      return try TrainingPoint.fetchAll(statement, arguments: ["run": runID, "points": points])
    }
  }

  /// A number that changes when another process has written to the database since it was last asked for; it says nothing else.
  /// https://www.sqlite.org/pragma.html#pragma_data_version
  public func dataVersion() throws -> Int64 {
    try reading { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
  }
}
