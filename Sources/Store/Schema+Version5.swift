import GRDB

extension Schema {
  /// The loss of averaged weights stands beside that of the weights, and what coordinate checks measured has a table.
  static func migrateToVersion5(_ db: Database) throws {
    try db.execute(
      sql: """
        -- NULL where the spec asks for no average of weights.
        ALTER TABLE evaluations ADD COLUMN averaged_loss REAL;
        ALTER TABLE runs ADD COLUMN final_averaged_loss REAL;

        -- What `sweep check` measured: the mean absolute value of a tensor's elements after so many updates, NULL where it isn't finite.
        CREATE TABLE coordinates (
          run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
          step INTEGER NOT NULL,
          tensor TEXT NOT NULL,
          mean_abs REAL,
          PRIMARY KEY (run_id, step, tensor)
        ) STRICT, WITHOUT ROWID;

        PRAGMA user_version = 5;
        """)
  }
}
