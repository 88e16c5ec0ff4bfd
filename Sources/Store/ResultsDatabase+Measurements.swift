import GRDB

extension ResultsDatabase {
  /// A run's steps in order.
  public func steps(of runID: Int64) throws -> [Step] {
    try reading {
      try Step.fetchAll($0, sql: "SELECT * FROM steps WHERE run_id = ? ORDER BY step", arguments: [runID])
    }
  }

  /// A run's evaluations in order.
  public func evaluations(of runID: Int64) throws -> [Evaluation] {
    try reading {
      try Evaluation.fetchAll($0, sql: "SELECT * FROM evaluations WHERE run_id = ? ORDER BY step", arguments: [runID])
    }
  }

  /// A run's samples, in order of step and prompt.
  public func samples(of runID: Int64) throws -> [Sample] {
    try reading {
      try Sample.fetchAll(
        $0, sql: "SELECT * FROM samples WHERE run_id = ? ORDER BY step, prompt_index", arguments: [runID])
    }
  }

  /// A run's training loss for drawing: its steps in at most `points` groups of neighbours, each averaged. Groups without
  /// a finite loss are left out.
  public func trainingCurve(of runID: Int64, points: Int) throws -> [TrainingPoint] {
    precondition(points > 0, "points is \(points)")
    return try reading { db in
      try TrainingPoint.fetchAll(
        db,
        sql: """
          SELECT max(step) AS step, avg(loss) AS loss, max(tokens) AS tokens, max(seconds) AS seconds FROM steps
          WHERE run_id = :run
          GROUP BY (step - 1) * :points / (SELECT max(step) FROM steps WHERE run_id = :run)
          HAVING count(loss) > 0 ORDER BY step
          """,
        arguments: ["run": runID, "points": points])
    }
  }
}
