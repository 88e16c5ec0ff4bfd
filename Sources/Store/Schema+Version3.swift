import Foundation
import GRDB

extension Schema {
  /// A run is what its training depends on, numbers of runs never come back, and what stands in a run's configuration is
  /// generated from it. An experiment knows its axes and what it looks at.
  static func migrateToVersion3(_ db: Database) throws {
    try db.execute(sql: dropViews)
    try db.execute(sql: mergeRuns)
    try db.execute(sql: tablesOfVersion3)
    try deriveAxes(db)
    try db.execute(sql: viewsOfVersion3)
    try db.execute(sql: "PRAGMA user_version = 3")
  }

  private static let dropViews = """
    DROP VIEW leaderboard;
    DROP VIEW learning_curves;
    DROP VIEW seed_summary;
    DROP VIEW best_lr;
    DROP VIEW sample_grid;
    DROP VIEW failures;
    """

  /// Runs that differ in nothing but what was looked at are one training: the one that came furthest stays. What else was
  /// measured of a training that is over goes with it; the rows of one that isn't stay as its checkpoint counts them.
  private static let mergeRuns = """
    CREATE TABLE merged_runs AS
    SELECT id, seed, state, config AS former, json_remove(
        config, '$.eval_every', '$.sample_every', '$.prompts', '$.sample_tokens', '$.temperature') AS config,
      CASE state WHEN 'finished' THEN 0 WHEN 'diverged' THEN 1 ELSE 2 END AS place, steps_done, id AS winner
    FROM runs;
    CREATE INDEX merged_runs_by_config ON merged_runs (config, seed, place, steps_done DESC, id);
    UPDATE merged_runs AS m SET winner = (
      SELECT id FROM merged_runs WHERE config = m.config AND seed = m.seed ORDER BY place, steps_done DESC, id LIMIT 1);
    CREATE INDEX merged_runs_by_id ON merged_runs (id);

    INSERT OR IGNORE INTO evaluations (run_id, step, loss, bits_per_byte, tokens, seconds)
    SELECT w.id, v.step, v.loss, v.bits_per_byte, v.tokens, v.seconds
    FROM merged_runs m JOIN merged_runs w ON w.id = m.winner AND w.place < 2 JOIN evaluations v ON v.run_id = m.id
    WHERE m.id != w.id
    ORDER BY m.id;
    DELETE FROM evaluations WHERE run_id IN (SELECT id FROM merged_runs WHERE id != winner);
    DELETE FROM steps WHERE run_id IN (SELECT id FROM merged_runs WHERE id != winner);

    -- Several experiments may ask for samples of one run at one step.
    CREATE TABLE new_samples (
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      prompt_index INTEGER NOT NULL,
      prompt TEXT NOT NULL,
      temperature REAL NOT NULL,
      tokens INTEGER NOT NULL,
      text TEXT NOT NULL,
      PRIMARY KEY (run_id, step, prompt_index, prompt, temperature, tokens)
    ) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO new_samples (run_id, step, prompt_index, prompt, temperature, tokens, text)
    SELECT w.id, t.step, t.prompt_index, t.prompt, t.temperature,
      coalesce(json_extract(m.former, '$.sample_tokens'), 0), t.text
    FROM merged_runs m JOIN merged_runs w ON w.id = m.winner AND (w.place < 2 OR w.id = m.id)
      JOIN samples t ON t.run_id = m.id
    ORDER BY m.id != w.id, m.id;
    DROP TABLE samples;
    ALTER TABLE new_samples RENAME TO samples;

    DELETE FROM leases WHERE run_id IN (SELECT id FROM merged_runs WHERE id != winner);
    """

  /// A table can't be altered in these ways, so it is made anew: https://www.sqlite.org/lang_altertable.html#otheralter. In
  /// generated columns stands `json_extract` and not `->>`, which SQLite has since 3.38 alone: older tools read the file too.
  private static let tablesOfVersion3 = """
    CREATE TABLE new_runs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      config TEXT NOT NULL CHECK (json_valid(config)),
      seed INTEGER NOT NULL,
      state TEXT NOT NULL
        CHECK (state IN ('queued', 'running', 'finished', 'diverged', 'failed', 'interrupted', 'stopped')),
      state_reason TEXT,

      corpus TEXT NOT NULL,
      tokenizer TEXT NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.tokenizer')) STORED,
      vocab_size INTEGER NOT NULL,
      d_model INTEGER NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.d_model')) STORED,
      heads INTEGER NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.heads')) STORED,
      layers INTEGER NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.layers')) STORED,
      d_ff INTEGER NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.d_ff')) STORED,
      context_length INTEGER NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.context_length')) STORED,
      optimizer TEXT NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.optimizer')) STORED,
      lr REAL NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.lr')) STORED,
      schedule TEXT NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.schedule')) STORED,
      warmup_steps INTEGER NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.warmup_steps')) STORED,
      batch_size INTEGER NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.batch_size')) STORED,
      steps INTEGER NOT NULL GENERATED ALWAYS AS (json_extract(config, '$.steps')) STORED,

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
      source_commit TEXT,
      started_at TEXT,
      ended_at TEXT,

      UNIQUE (config, seed)
    ) STRICT;
    INSERT INTO new_runs (id, config, seed, state, state_reason, corpus, vocab_size, parameters, training_flops, floor_loss,
      floor_bits_per_byte, steps_done, train_loss, final_loss, final_bits_per_byte, best_loss, best_step, seconds,
      tokens_per_second, weights, host, cpu, threads, version, blas, source_commit, started_at, ended_at)
    SELECT r.id, m.config, r.seed, r.state, r.state_reason, r.corpus, r.vocab_size, r.parameters, r.training_flops,
      r.floor_loss, r.floor_bits_per_byte, r.steps_done, r.train_loss, r.final_loss, r.final_bits_per_byte, r.best_loss,
      r.best_step, r.seconds, r.tokens_per_second, r.weights, r.host, r.cpu, r.threads, r.version, r.blas, r.source_commit,
      r.started_at, r.ended_at
    FROM runs r JOIN merged_runs m ON m.id = r.id WHERE m.id = m.winner ORDER BY r.id;
    DROP TABLE runs;
    ALTER TABLE new_runs RENAME TO runs;

    -- The configuration that an older version knew a run by, and by which a checkpoint of the run is named.
    CREATE TABLE former_configs (
      run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
      config TEXT NOT NULL
    ) STRICT;
    INSERT INTO former_configs (run_id, config) SELECT id, former FROM merged_runs WHERE id = winner AND place = 2;

    -- axes: a list of {"key", "values"} in the spec's order. measuring: what is looked at while the runs are trained, and is no part
    -- of a run; NULL where an older version stored the experiment.
    CREATE TABLE new_experiments (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      description TEXT NOT NULL,
      spec TEXT NOT NULL,
      spec_path TEXT NOT NULL,
      axes TEXT NOT NULL CHECK (json_valid(axes)),
      measuring TEXT CHECK (measuring IS NULL OR json_valid(measuring)),
      floor_bits_per_byte REAL,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL
    ) STRICT;
    INSERT INTO new_experiments (id, name, description, spec, spec_path, axes, floor_bits_per_byte, created_at, updated_at)
    SELECT id, name, description, spec, spec_path, '[]', floor_bits_per_byte, created_at, updated_at FROM experiments;
    DROP TABLE experiments;
    ALTER TABLE new_experiments RENAME TO experiments;

    -- point: the run's value on each of the experiment's axes, as the spec writes it.
    CREATE TABLE new_experiment_runs (
      experiment_id INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      in_grid INTEGER NOT NULL CHECK (in_grid IN (0, 1)),
      point TEXT NOT NULL CHECK (json_valid(point)),
      PRIMARY KEY (experiment_id, run_id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO new_experiment_runs (experiment_id, run_id, position, in_grid, point)
    SELECT experiment_id, winner, coalesce(min(iif(in_grid, position, NULL)), min(position)), max(in_grid), '{}'
    FROM experiment_runs JOIN merged_runs ON id = run_id GROUP BY experiment_id, winner;
    DROP TABLE experiment_runs;
    ALTER TABLE new_experiment_runs RENAME TO experiment_runs;
    CREATE INDEX experiment_runs_by_run ON experiment_runs (run_id);

    -- The boot of a machine and the PID namespace on it, within which the numbers of processes can be compared.
    ALTER TABLE leases RENAME COLUMN numbering TO pid_namespace;

    -- Numbers that have been given are never given again, those of runs that were merged included.
    DELETE FROM sqlite_sequence WHERE name IN ('runs', 'experiments');
    INSERT INTO sqlite_sequence (name, seq)
    SELECT 'runs', coalesce(max(id), 0) FROM merged_runs
    UNION ALL SELECT 'experiments', coalesce(max(id), 0) FROM experiments;
    DROP TABLE merged_runs;
    """

  /// The axes of the experiments that older versions stored, and each run's point on them: the keys that stand in the spec, or in
  /// one of its variants, and in whose values the configurations of its grid differ.
  private static func deriveAxes(_ db: Database) throws {
    for experiment in try Row.fetchAll(db, sql: "SELECT id, spec FROM experiments WHERE json_valid(spec)") {
      let keys = try String.fetchAll(
        db,
        sql: """
          SELECT key FROM json_tree(?)
          WHERE typeof(key) = 'text' AND (path = '$' OR path GLOB '$.variants[[][0-9]*]') AND instr(key, '"') = 0
          GROUP BY key ORDER BY min(id)
          """,
        arguments: [experiment["spec"] as String])
      // A list of values, each as the configuration writes it. A text stands there by its content's hash.
      let paths = keys.map { "$.\"\($0 == "corpus" ? "corpus_sha256" : $0)\"" }
      let places = Array(repeating: "?", count: paths.count).joined(separator: ", ")
      let runs = try Row.fetchAll(
        db,
        sql: """
          SELECT run_id, in_grid, corpus, json_extract(config, '$."corpus_sha256"', \(places)) AS list
          FROM experiment_runs JOIN runs ON id = run_id WHERE experiment_id = ? ORDER BY position
          """,
        arguments: StatementArguments(paths) + [experiment["id"]])
      let lists: [[Scalar?]] = try runs.map { try StoredJSON.value($0["list"]) }
      // Texts of one name are told apart by the beginnings of their hashes.
      let texts = zip(runs, lists).map { (name: $0["corpus"] as String, hash: $1[0]?.exact ?? "") }
      let hashes = texts.reduce(into: [Scalar: Set<String>]()) { $0[.text($1.name), default: []].insert($1.hash) }
      let points = zip(texts, lists).map { text, list in
        let isShared = (hashes[.text(text.name)]?.count ?? 0) > 1
        let corpus = Scalar.text(isShared ? "\(text.name) (\(text.hash.prefix(8)))" : text.name)
        return zip(keys, list.dropFirst()).map { $1 == nil || $0 != "corpus" ? $1 : corpus }
      }
      let grid = zip(runs, points).filter { $0.0["in_grid"] }.map(\.1)
      let columns = keys.indices.filter { column in Set(grid.map { $0[column] }).count > 1 }
      let axes = columns.map { column in
        var seen: Set<Scalar> = []
        return Axis(key: keys[column], values: grid.compactMap { $0[column] }.filter { seen.insert($0).inserted })
      }
      try db.execute(
        sql: "UPDATE experiments SET axes = ? WHERE id = ?", arguments: [StoredJSON.text(axes), experiment["id"]])
      for (run, point) in zip(runs, points) {
        let named = columns.compactMap { column in point[column].map { (keys[column], $0) } }
        try db.execute(
          sql: "UPDATE experiment_runs SET point = ? WHERE experiment_id = ? AND run_id = ?",
          arguments: [
            StoredJSON.text(Dictionary(uniqueKeysWithValues: named)), experiment["id"], run["run_id"],
          ])
      }
    }
  }

  private static let viewsOfVersion3 = """
    -- Finished runs of each experiment, best first. Runs no longer in the grid come last, without a rank.
    CREATE VIEW leaderboard AS
    SELECT e.name AS experiment,
      CASE WHEN x.in_grid
        THEN rank() OVER (PARTITION BY e.id, x.in_grid ORDER BY r.final_loss IS NULL, r.final_loss) END AS rank,
      r.id AS run_id, r.seed, r.final_loss, r.final_bits_per_byte, r.best_loss, r.best_step, r.train_loss,
      r.floor_loss, r.parameters, r.training_flops, r.tokens_per_second, r.seconds, r.corpus, r.tokenizer, r.vocab_size,
      r.d_model, r.heads, r.layers, r.d_ff, r.context_length, r.optimizer, r.lr, r.schedule, r.warmup_steps,
      r.batch_size, r.steps, r.config, x.in_grid
    FROM runs r JOIN experiment_runs x ON x.run_id = r.id JOIN experiments e ON e.id = x.experiment_id
    WHERE r.state = 'finished'
    ORDER BY e.name, rank IS NULL, rank, r.id;

    -- Every recorded loss: one row for each step (split 'training') and for each evaluation (split 'validation').
    CREATE VIEW learning_curves AS
    SELECT e.name AS experiment, r.id AS run_id, r.seed, r.d_model, r.heads, r.layers, r.optimizer, r.lr,
      'training' AS split, s.step, s.tokens, s.seconds, s.loss, x.in_grid
    FROM steps s JOIN runs r ON r.id = s.run_id JOIN experiment_runs x ON x.run_id = r.id
      JOIN experiments e ON e.id = x.experiment_id
    UNION ALL
    SELECT e.name, r.id, r.seed, r.d_model, r.heads, r.layers, r.optimizer, r.lr,
      'validation', v.step, v.step * r.batch_size * r.context_length, v.seconds, v.loss, x.in_grid
    FROM evaluations v JOIN runs r ON r.id = v.run_id JOIN experiment_runs x ON x.run_id = r.id
      JOIN experiments e ON e.id = x.experiment_id;

    -- Each configuration of each experiment's grid over its seeds. The spread is the sample standard deviation, NULL for one
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
      FROM runs r JOIN experiment_runs x ON x.run_id = r.id JOIN experiments e ON e.id = x.experiment_id
      WHERE x.in_grid)
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

    -- The last sample of every prompt, best run first: what each configuration writes. Of a run that other experiments have too,
    -- only what this one asks for; everything where that isn't known.
    CREATE VIEW sample_grid AS
    SELECT e.name AS experiment, t.prompt, r.final_loss, r.id AS run_id, r.seed, r.state, t.step, t.temperature, t.text,
      r.d_model, r.heads, r.layers, r.optimizer, r.lr, x.in_grid
    FROM experiments e JOIN experiment_runs x ON x.experiment_id = e.id JOIN runs r ON r.id = x.run_id
      JOIN samples t ON t.run_id = r.id AND t.step = (
        SELECT s.step FROM samples s
        WHERE s.run_id = t.run_id AND s.prompt_index = t.prompt_index AND s.prompt = t.prompt
          AND s.temperature = t.temperature AND s.tokens = t.tokens
        ORDER BY s.step DESC LIMIT 1)
    WHERE e.measuring IS NULL OR t.temperature = json_extract(e.measuring, '$.temperature')
      AND t.tokens = json_extract(e.measuring, '$.sample_tokens')
      AND CASE
        WHEN json_extract(e.measuring, '$.prompts') IS NOT NULL
          THEN (t.prompt_index, t.prompt) IN (SELECT key, value FROM json_each(e.measuring, '$.prompts'))
        WHEN json_extract(e.measuring, '$.openings') IS NOT NULL
          THEN t.prompt_index = 0 AND t.prompt IN (SELECT value FROM json_each(e.measuring, '$.openings'))
        ELSE 1 END
    ORDER BY e.name, t.prompt_index, r.final_loss IS NULL, r.final_loss;

    -- Runs without a finished result, and why.
    CREATE VIEW failures AS
    SELECT e.name AS experiment, r.id AS run_id, r.seed, r.state, r.state_reason AS reason, r.steps_done, r.steps,
      r.d_model, r.heads, r.layers, r.optimizer, r.lr, r.ended_at, r.config, x.in_grid
    FROM runs r JOIN experiment_runs x ON x.run_id = r.id JOIN experiments e ON e.id = x.experiment_id
    WHERE r.state IN ('diverged', 'failed', 'interrupted', 'stopped')
    ORDER BY e.name, r.id;
    """
}
