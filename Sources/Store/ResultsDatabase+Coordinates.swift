import GRDB

/// The mean absolute value of a tensor's elements after so many updates of a run: a row of `coordinates`.
public struct CoordinateRow: Codable, Sendable, Equatable {
  /// Updates made before it.
  public var step: Int
  /// The tensor's name: "logits".
  public var tensor: String
  /// The mean absolute value; nil where it isn't finite.
  public var meanAbs: Double?

  /// A measurement; a number that isn't finite becomes nil.
  public init(step: Int, tensor: String, meanAbs: Double) {
    (self.step, self.tensor) = (step, tensor)
    self.meanAbs = meanAbs.isFinite ? meanAbs : nil
  }
}

extension CoordinateRow: FetchableRecord {
  /// `mean_abs` is read as `meanAbs`.
  public static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase
}

extension ResultsDatabase {
  /// Stores what a check measured of a run, in the place of what an earlier one did.
  public func store(_ coordinates: [CoordinateRow], of run: Run.Reference) throws {
    try writing { db in
      guard try run.fetch(db) != nil else { return }
      try db.execute(sql: "DELETE FROM coordinates WHERE run_id = ?", arguments: [run.id])
      let insert = try db.cachedStatement(
        sql: "INSERT INTO coordinates (run_id, step, tensor, mean_abs) VALUES (?, ?, ?, ?)")
      for row in coordinates { try insert.execute(arguments: [run.id, row.step, row.tensor, row.meanAbs]) }
    }
  }

  /// What checks measured of an experiment's runs, by the run's number.
  public func coordinates(of experiment: Experiment) throws -> [Int64: [CoordinateRow]] {
    try reading { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT c.* FROM coordinates c JOIN experiment_runs x ON x.run_id = c.run_id
          WHERE x.experiment_id = ? AND x.in_grid ORDER BY c.run_id, c.step, c.tensor
          """,
        arguments: [experiment.id])
      return try Dictionary(grouping: rows) { $0["run_id"] as Int64 }.mapValues {
        try $0.map { try CoordinateRow(row: $0) }
      }
    }
  }
}
