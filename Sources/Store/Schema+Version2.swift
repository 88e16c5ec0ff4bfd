extension Schema {
  /// Who trains a run, each version of an experiment's spec, runs that a spec no longer asks for, and the program's commit.
  static let tablesOfVersion2 = """
    ALTER TABLE runs ADD COLUMN source_commit TEXT;

    -- A run that is being trained, and by which process. A process is known again by the time it started (its number is
    -- given to another one after its end), within the numbering that it belongs to: that of a machine since its start.
    CREATE TABLE leases (
      run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
      host TEXT NOT NULL,
      numbering TEXT NOT NULL,
      process INTEGER NOT NULL,
      process_start TEXT NOT NULL,
      heartbeat_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE spec_versions (
      experiment_id INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
      version INTEGER NOT NULL,
      spec TEXT NOT NULL,
      spec_path TEXT NOT NULL,
      stored_at TEXT NOT NULL,
      PRIMARY KEY (experiment_id, version)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO spec_versions SELECT id, 1, spec, spec_path, updated_at FROM experiments;

    -- 0: an earlier version of the spec asked for the run, and the present one doesn't.
    ALTER TABLE experiment_runs ADD COLUMN in_grid INTEGER NOT NULL DEFAULT 1 CHECK (in_grid IN (0, 1));
    """

  /// Views gain columns at their end alone.
  static let viewsOfVersion2 = """
    DROP VIEW leaderboard;
    DROP VIEW learning_curves;
    DROP VIEW seed_summary;
    DROP VIEW sample_grid;
    DROP VIEW failures;

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

    -- The last sample of every prompt, best run first: what each configuration writes.
    CREATE VIEW sample_grid AS
    SELECT e.name AS experiment, t.prompt, r.final_loss, r.id AS run_id, r.seed, r.state, t.step, t.temperature, t.text,
      r.d_model, r.heads, r.layers, r.optimizer, r.lr, x.in_grid
    FROM samples t JOIN runs r ON r.id = t.run_id JOIN experiment_runs x ON x.run_id = r.id
      JOIN experiments e ON e.id = x.experiment_id
    WHERE t.step = (SELECT max(step) FROM samples WHERE run_id = t.run_id)
    ORDER BY e.name, t.prompt_index, r.final_loss IS NULL, r.final_loss;

    -- Runs without a finished result, and why.
    CREATE VIEW failures AS
    SELECT e.name AS experiment, r.id AS run_id, r.seed, r.state, r.state_reason AS reason, r.steps_done, r.steps,
      r.d_model, r.heads, r.layers, r.optimizer, r.lr, r.ended_at, r.config, x.in_grid
    FROM runs r JOIN experiment_runs x ON x.run_id = r.id JOIN experiments e ON e.id = x.experiment_id
    WHERE r.state IN ('diverged', 'failed', 'interrupted')
    ORDER BY e.name, r.id;
    """
}
