import Foundation
import GRDB

extension Schema {
  /// What a result rests on stands beside it: the held-out text, what of it was predicted, the standard error and the processor time. An
  /// experiment knows what its runs are ranked by.
  static func migrateToVersion4(_ db: Database) throws {
    try db.execute(sql: tablesOfVersion4)
    try chooseMetrics(db)
    try db.execute(sql: viewsOfVersion4)
    try db.execute(sql: "PRAGMA user_version = 4")
  }

  /// New columns are NULL where a row is older. What was predicted is known of every run that was evaluated.
  private static let tablesOfVersion4 = """
    ALTER TABLE steps ADD COLUMN cpu_seconds REAL;
    ALTER TABLE evaluations ADD COLUMN standard_error REAL;
    ALTER TABLE evaluations ADD COLUMN cpu_seconds REAL;

    ALTER TABLE runs ADD COLUMN final_standard_error REAL;
    ALTER TABLE runs ADD COLUMN cpu_seconds REAL;
    ALTER TABLE runs ADD COLUMN held_out_sha256 TEXT;
    ALTER TABLE runs ADD COLUMN evaluated_tokens INTEGER;
    ALTER TABLE runs ADD COLUMN evaluated_bytes INTEGER;
    ALTER TABLE runs ADD COLUMN unknown_tokens INTEGER;
    ALTER TABLE runs ADD COLUMN unknown_bytes INTEGER;
    UPDATE runs SET evaluated_tokens = (
      SELECT tokens FROM evaluations WHERE run_id = id ORDER BY step LIMIT 1);

    -- What the experiment's runs are ranked by; NULL where they don't compare.
    ALTER TABLE experiments ADD COLUMN metric TEXT CHECK (metric IN ('final_loss', 'final_bits_per_byte'));
    """

  private static func chooseMetrics(_ db: Database) throws {
    for experiment in try Int64.fetchAll(db, sql: "SELECT id FROM experiments") {
      let runs = try Row.fetchAll(
        db,
        sql: """
          SELECT config, vocab_size, evaluated_tokens, state IN ('finished', 'diverged', 'stopped') AS is_over
          FROM runs JOIN experiment_runs ON run_id = id WHERE experiment_id = ? AND in_grid ORDER BY position
          """,
        arguments: [experiment])
      let basis = try runs.map { run in
        RankingMetric.Basis(
          settings: try StoredJSON.value(run["config"]), vocabSize: run["vocab_size"], heldOutSHA256: nil,
          evaluatedTokens: run["evaluated_tokens"], hasUncountedResult: run["is_over"])
      }
      try db.execute(
        sql: "UPDATE experiments SET metric = ? WHERE id = ?",
        arguments: [RankingMetric.choice(for: basis).metric?.rawValue, experiment])
    }
  }

  private static let viewsOfVersion4 = """
    DROP VIEW leaderboard;
    DROP VIEW learning_curves;
    DROP VIEW seed_summary;
    DROP VIEW best_lr;
    DROP VIEW sample_grid;

    -- Each run of each experiment with its result by the experiment's metric, and how many seeds of its configuration diverged or were
    -- stopped early. The views that rank follow it: a configuration of which a seed was cut short comes after all of which none was, then
    -- the lower score is first. Without a metric there is no score.
    CREATE VIEW standings AS
    SELECT e.name AS experiment, r.id AS run_id, r.seed, r.config, r.state, e.metric,
      CASE WHEN r.state = 'finished'
        THEN CASE e.metric WHEN 'final_loss' THEN r.final_loss WHEN 'final_bits_per_byte' THEN r.final_bits_per_byte END
        END AS score,
      sum(r.state IN ('diverged', 'stopped')) OVER (PARTITION BY e.id, x.in_grid, r.config) AS seeds_cut_short,
      x.in_grid, x.experiment_id
    FROM runs r JOIN experiment_runs x ON x.run_id = r.id JOIN experiments e ON e.id = x.experiment_id;

    -- Finished runs of each experiment, best first. Runs no longer in the grid come last, without a rank.
    CREATE VIEW leaderboard AS
    SELECT s.experiment,
      CASE WHEN s.in_grid AND s.score IS NOT NULL
        THEN rank() OVER (PARTITION BY s.experiment_id, s.in_grid ORDER BY s.score IS NULL, s.seeds_cut_short > 0, s.score)
        END AS rank,
      r.id AS run_id, r.seed, r.final_loss, r.final_bits_per_byte, r.best_loss, r.best_step, r.train_loss,
      r.floor_loss, r.parameters, r.training_flops, r.tokens_per_second, r.seconds, r.corpus, r.tokenizer, r.vocab_size,
      r.d_model, r.heads, r.layers, r.d_ff, r.context_length, r.optimizer, r.lr, r.schedule, r.warmup_steps,
      r.batch_size, r.steps, r.config, s.in_grid,
      s.metric, s.score, s.seeds_cut_short, r.final_standard_error, r.cpu_seconds, r.evaluated_tokens, r.evaluated_bytes,
      r.unknown_tokens, r.unknown_bytes, r.held_out_sha256
    FROM standings s JOIN runs r ON r.id = s.run_id
    WHERE s.state = 'finished'
    ORDER BY s.experiment, rank IS NULL, rank, r.id;

    -- Every recorded loss: one row for each step (split 'training') and for each evaluation (split 'validation').
    CREATE VIEW learning_curves AS
    SELECT e.name AS experiment, r.id AS run_id, r.seed, r.d_model, r.heads, r.layers, r.optimizer, r.lr,
      'training' AS split, s.step, s.tokens, s.seconds, s.loss, x.in_grid, NULL AS bits_per_byte, NULL AS standard_error,
      s.cpu_seconds
    FROM steps s JOIN runs r ON r.id = s.run_id JOIN experiment_runs x ON x.run_id = r.id
      JOIN experiments e ON e.id = x.experiment_id
    UNION ALL
    SELECT e.name, r.id, r.seed, r.d_model, r.heads, r.layers, r.optimizer, r.lr,
      'validation', v.step, v.step * r.batch_size * r.context_length, v.seconds, v.loss, x.in_grid, v.bits_per_byte,
      v.standard_error, v.cpu_seconds
    FROM evaluations v JOIN runs r ON r.id = v.run_id JOIN experiment_runs x ON x.run_id = r.id
      JOIN experiments e ON e.id = x.experiment_id;

    -- Each configuration of each experiment's grid over its seeds, best first. The spread is the sample standard deviation, NULL for one
    -- seed. A mean is over the finished runs alone; runs that diverged or failed are counted beside it.
    CREATE VIEW seed_summary AS
    SELECT experiment, config, d_model, heads, layers, d_ff, optimizer, lr, parameters, runs, finished, diverged, failed,
      mean_final_loss, sd_final_loss, min_final_loss, max_final_loss, mean_final_bits_per_byte, mean_tokens_per_second,
      CASE WHEN mean_score IS NOT NULL
        THEN rank() OVER (PARTITION BY experiment ORDER BY mean_score IS NULL, seeds_cut_short > 0, mean_score) END AS rank,
      metric, mean_score, sd_score, mean_cpu_seconds, mean_standard_error, seeds_cut_short
    FROM (
      SELECT experiment, config, d_model, heads, layers, d_ff, optimizer, lr, parameters,
        count(*) AS runs, count(loss) AS finished, sum(state = 'diverged') AS diverged, sum(state = 'failed') AS failed,
        avg(loss) AS mean_final_loss,
        CASE WHEN count(loss) > 1
          THEN sqrt(sum((loss - mean) * (loss - mean)) / (count(loss) - 1)) END AS sd_final_loss,
        min(loss) AS min_final_loss, max(loss) AS max_final_loss,
        avg(bits_per_byte) AS mean_final_bits_per_byte, avg(tokens_per_second) AS mean_tokens_per_second,
        metric, avg(score) AS mean_score,
        CASE WHEN count(score) > 1
          THEN sqrt(sum((score - mean_of_scores) * (score - mean_of_scores)) / (count(score) - 1)) END AS sd_score,
        avg(CASE WHEN state = 'finished' THEN cpu_seconds END) AS mean_cpu_seconds,
        avg(CASE WHEN state = 'finished' THEN final_standard_error END) AS mean_standard_error, sum(state IN ('diverged', 'stopped')) AS seeds_cut_short, min(id) AS first_run
      FROM (
        SELECT s.experiment, s.metric, s.score, r.*,
          CASE WHEN r.state = 'finished' THEN r.final_loss END AS loss,
          CASE WHEN r.state = 'finished' THEN r.final_bits_per_byte END AS bits_per_byte,
          avg(CASE WHEN r.state = 'finished' THEN r.final_loss END) OVER (PARTITION BY s.experiment_id, r.config) AS mean,
          avg(s.score) OVER (PARTITION BY s.experiment_id, r.config) AS mean_of_scores
        FROM standings s JOIN runs r ON r.id = s.run_id
        WHERE s.in_grid)
      GROUP BY experiment, config)
    ORDER BY experiment, rank IS NULL, rank, first_run;

    -- For each configuration apart from its learning rate: the learning rate with the lowest mean loss, and whether it
    -- lies at the edge of several that were tried, where a better one may lie beyond. One at which a seed diverged comes after all
    -- at which none did. These runs differ in nothing else, so that their losses always compare.
    CREATE VIEW best_lr AS
    SELECT experiment, d_model, heads, layers, d_ff, optimizer, lr AS best_lr, mean_final_loss, sd_final_loss,
      finished AS seeds, learning_rates, lowest_lr, highest_lr,
      learning_rates > 1 AND lr IN (lowest_lr, highest_lr) AS at_edge, rest AS config,
      metric, mean_score, sd_score, seeds_cut_short
    FROM (
      SELECT *, row_number() OVER (PARTITION BY experiment, rest ORDER BY seeds_cut_short > 0, mean_final_loss, lr) AS place
      FROM (
        SELECT *, json_remove(config, '$.lr') AS rest,
          count(*) OVER (PARTITION BY experiment, json_remove(config, '$.lr')) AS learning_rates,
          min(lr) OVER (PARTITION BY experiment, json_remove(config, '$.lr')) AS lowest_lr,
          max(lr) OVER (PARTITION BY experiment, json_remove(config, '$.lr')) AS highest_lr
        FROM seed_summary)
      WHERE mean_final_loss IS NOT NULL)
    WHERE place = 1
    ORDER BY experiment, mean_score IS NULL, seeds_cut_short > 0, mean_score, rest;

    -- The last sample of every prompt, best run first: what each configuration writes. Of a run that other experiments have too,
    -- only what this one asks for; everything where that isn't known.
    CREATE VIEW sample_grid AS
    SELECT e.name AS experiment, t.prompt, r.final_loss, r.id AS run_id, r.seed, r.state, t.step, t.temperature, t.text,
      r.d_model, r.heads, r.layers, r.optimizer, r.lr, x.in_grid, x.metric, x.score, x.seeds_cut_short
    FROM experiments e JOIN standings x ON x.experiment_id = e.id JOIN runs r ON r.id = x.run_id
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
    ORDER BY e.name, t.prompt_index, x.score IS NULL, x.seeds_cut_short > 0, x.score, r.id;
    """
}
