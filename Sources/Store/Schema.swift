import GRDB

/// What the database looks like, version by version. A released migration is never edited; a new one follows it.
enum Schema {
  /// "SWEP" in the file's header says that a SQLite file is ours.
  static let applicationID: Int32 = 0x5357_4550
  /// The newest version that this program knows; kept in the file's `user_version`.
  static let version: Int32 = 5

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      try db.execute(sql: tablesOfVersion1)
      try db.execute(sql: viewsOfVersion1)
      try db.execute(sql: "PRAGMA user_version = 1")
    }
    migrator.registerMigration("2") { db in
      try db.execute(sql: tablesOfVersion2)
      try db.execute(sql: viewsOfVersion2)
      try db.execute(sql: "PRAGMA user_version = 2")
    }
    migrator.registerMigration("3", migrate: migrateToVersion3)
    migrator.registerMigration("4", migrate: migrateToVersion4)
    migrator.registerMigration("5", migrate: migrateToVersion5)
    return migrator
  }

  static let tablesOfVersion1 = """
    CREATE TABLE experiments (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      description TEXT NOT NULL,
      spec TEXT NOT NULL,
      spec_path TEXT NOT NULL,
      floor_bits_per_byte REAL,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE runs (
      id INTEGER PRIMARY KEY,
      config TEXT NOT NULL CHECK (json_valid(config)),
      seed INTEGER NOT NULL,
      state TEXT NOT NULL
        CHECK (state IN ('queued', 'running', 'finished', 'diverged', 'failed', 'interrupted')),
      state_reason TEXT,

      corpus TEXT NOT NULL,
      tokenizer TEXT NOT NULL,
      vocab_size INTEGER NOT NULL,
      d_model INTEGER NOT NULL,
      heads INTEGER NOT NULL,
      layers INTEGER NOT NULL,
      d_ff INTEGER NOT NULL,
      context_length INTEGER NOT NULL,
      optimizer TEXT NOT NULL,
      lr REAL NOT NULL,
      schedule TEXT NOT NULL,
      warmup_steps INTEGER NOT NULL,
      batch_size INTEGER NOT NULL,
      steps INTEGER NOT NULL,

      parameters INTEGER NOT NULL,
      training_flops REAL NOT NULL,
      floor_loss REAL,
      floor_bits_per_byte REAL,

      steps_done INTEGER NOT NULL,
      train_loss REAL,
      final_loss REAL,
      final_bits_per_byte REAL,
      best_loss REAL,
      best_step INTEGER,
      seconds REAL,
      tokens_per_second REAL,
      weights TEXT,

      host TEXT,
      cpu TEXT,
      threads INTEGER,
      version TEXT,
      blas TEXT,
      started_at TEXT,
      ended_at TEXT,

      UNIQUE (config, seed)
    ) STRICT;

    CREATE TABLE experiment_runs (
      experiment_id INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      PRIMARY KEY (experiment_id, run_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX experiment_runs_by_run ON experiment_runs (run_id);

    CREATE TABLE steps (
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      loss REAL,
      lr REAL NOT NULL,
      grad_norm REAL,
      tokens INTEGER NOT NULL,
      seconds REAL NOT NULL,
      PRIMARY KEY (run_id, step)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE evaluations (
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      loss REAL,
      bits_per_byte REAL,
      tokens INTEGER NOT NULL,
      seconds REAL NOT NULL,
      PRIMARY KEY (run_id, step)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE samples (
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      prompt_index INTEGER NOT NULL,
      prompt TEXT NOT NULL,
      text TEXT NOT NULL,
      temperature REAL NOT NULL,
      PRIMARY KEY (run_id, step, prompt_index)
    ) STRICT, WITHOUT ROWID;
    """

  /// The views are the contract for people who query. Their columns keep their names and meanings.
  static let viewsOfVersion1 = """
    -- Finished runs of each experiment, best first.
    CREATE VIEW leaderboard AS
    SELECT e.name AS experiment,
      rank() OVER (PARTITION BY e.id ORDER BY r.final_loss IS NULL, r.final_loss) AS rank,
      r.id AS run_id, r.seed, r.final_loss, r.final_bits_per_byte, r.best_loss, r.best_step, r.train_loss,
      r.floor_loss, r.parameters, r.training_flops, r.tokens_per_second, r.seconds, r.corpus, r.tokenizer, r.vocab_size,
      r.d_model, r.heads, r.layers, r.d_ff, r.context_length, r.optimizer, r.lr, r.schedule, r.warmup_steps,
      r.batch_size, r.steps, r.config
    FROM runs r JOIN experiment_runs x ON x.run_id = r.id JOIN experiments e ON e.id = x.experiment_id
    WHERE r.state = 'finished'
    ORDER BY e.name, rank, r.id;

    -- Every recorded loss: one row for each step (split 'training') and for each evaluation (split 'validation').
    CREATE VIEW learning_curves AS
    SELECT e.name AS experiment, r.id AS run_id, r.seed, r.d_model, r.heads, r.layers, r.optimizer, r.lr,
      'training' AS split, s.step, s.tokens, s.seconds, s.loss
    FROM steps s JOIN runs r ON r.id = s.run_id JOIN experiment_runs x ON x.run_id = r.id
      JOIN experiments e ON e.id = x.experiment_id
    UNION ALL
    SELECT e.name, r.id, r.seed, r.d_model, r.heads, r.layers, r.optimizer, r.lr,
      'validation', v.step, v.step * r.batch_size * r.context_length, v.seconds, v.loss
    FROM evaluations v JOIN runs r ON r.id = v.run_id JOIN experiment_runs x ON x.run_id = r.id
      JOIN experiments e ON e.id = x.experiment_id;

    -- Each configuration of each experiment over its seeds. The spread is the sample standard deviation, NULL for one
    -- seed. A mean is over the finished runs alone; runs that diverged or failed are counted beside it.
    CREATE VIEW seed_summary AS
    SELECT experiment, config, d_model, heads, layers, d_ff, optimizer, lr, parameters,
      count(*) AS runs, count(loss) AS finished, sum(state = 'diverged') AS diverged, sum(state = 'failed') AS failed,
      avg(loss) AS mean_final_loss,
      CASE WHEN count(loss) > 1
        THEN sqrt(sum((loss - mean) * (loss - mean)) / (count(loss) - 1)) END AS sd_final_loss,
      min(loss) AS min_final_loss, max(loss) AS max_final_loss,
      avg(bits_per_byte) AS mean_final_bits_per_byte, avg(tokens_per_second) AS mean_tokens_per_second
    FROM (
      SELECT e.name AS experiment, r.*,
        CASE WHEN r.state = 'finished' THEN r.final_loss END AS loss,
        CASE WHEN r.state = 'finished' THEN r.final_bits_per_byte END AS bits_per_byte,
        avg(CASE WHEN r.state = 'finished' THEN r.final_loss END) OVER (PARTITION BY e.id, r.config) AS mean
      FROM runs r JOIN experiment_runs x ON x.run_id = r.id JOIN experiments e ON e.id = x.experiment_id)
    GROUP BY experiment, config
    ORDER BY experiment, mean_final_loss IS NULL, mean_final_loss;

    -- For each configuration apart from its learning rate: the learning rate with the lowest mean loss, and whether it
    -- lies at the edge of those tried, where a better one may lie beyond. One at which a seed diverged comes after all
    -- at which none did.
    CREATE VIEW best_lr AS
    SELECT experiment, d_model, heads, layers, d_ff, optimizer, lr AS best_lr, mean_final_loss, sd_final_loss,
      finished AS seeds, learning_rates, lowest_lr, highest_lr, lr IN (lowest_lr, highest_lr) AS at_edge, rest AS config
    FROM (
      SELECT *, row_number() OVER (PARTITION BY experiment, rest ORDER BY diverged > 0, mean_final_loss, lr) AS place
      FROM (
        SELECT *, json_remove(config, '$.lr') AS rest,
          count(*) OVER (PARTITION BY experiment, json_remove(config, '$.lr')) AS learning_rates,
          min(lr) OVER (PARTITION BY experiment, json_remove(config, '$.lr')) AS lowest_lr,
          max(lr) OVER (PARTITION BY experiment, json_remove(config, '$.lr')) AS highest_lr
        FROM seed_summary)
      WHERE mean_final_loss IS NOT NULL)
    WHERE place = 1
    ORDER BY experiment, mean_final_loss;

    -- The last sample of every prompt, best run first: what each configuration writes.
    CREATE VIEW sample_grid AS
    SELECT e.name AS experiment, t.prompt, r.final_loss, r.id AS run_id, r.seed, r.state, t.step, t.temperature, t.text,
      r.d_model, r.heads, r.layers, r.optimizer, r.lr
    FROM samples t JOIN runs r ON r.id = t.run_id JOIN experiment_runs x ON x.run_id = r.id
      JOIN experiments e ON e.id = x.experiment_id
    WHERE t.step = (SELECT max(step) FROM samples WHERE run_id = t.run_id)
    ORDER BY e.name, t.prompt_index, r.final_loss IS NULL, r.final_loss;

    -- Runs without a finished result, and why.
    CREATE VIEW failures AS
    SELECT e.name AS experiment, r.id AS run_id, r.seed, r.state, r.state_reason AS reason, r.steps_done, r.steps,
      r.d_model, r.heads, r.layers, r.optimizer, r.lr, r.ended_at, r.config
    FROM runs r JOIN experiment_runs x ON x.run_id = r.id JOIN experiments e ON e.id = x.experiment_id
    WHERE r.state IN ('diverged', 'failed', 'interrupted')
    ORDER BY e.name, r.id;
    """
}
