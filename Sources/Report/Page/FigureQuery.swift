/// A query with the numbers that a figure shows.
struct FigureQuery: Equatable {
  let title: String
  let sql: String
}

extension FigureQuery {
  /// The queries behind an experiment's table and charts, ready to be pasted into `sqlite3 results/results.sqlite`.
  static func all(of experiment: String) -> [FigureQuery] {
    let name = "'" + experiment.replacing("'", with: "''") + "'"
    return templates.map { title, sql in FigureQuery(title: title, sql: sql.replacing(":experiment", with: name)) }
  }

  private static let templates = [
    (
      "Configurations, mean and spread over seeds",
      """
      SELECT * FROM seed_summary WHERE experiment = :experiment;
      """
    ),
    (
      "Training and validation loss against steps, tokens and wall time",
      """
      SELECT run_id, split, step, tokens, seconds, loss FROM learning_curves
      WHERE experiment = :experiment AND in_grid ORDER BY run_id, split, step;
      """
    ),
    (
      "Final loss against learning rate; its sensitivity against parameters",
      """
      SELECT d_model, heads, layers, optimizer, parameters, lr, finished, diverged, mean_final_loss, sd_final_loss
      FROM seed_summary WHERE experiment = :experiment ORDER BY optimizer, layers, d_model, heads, lr;
      """
    ),
    (
      "Best learning rates",
      """
      SELECT * FROM best_lr WHERE experiment = :experiment;
      """
    ),
    (
      "Final loss over two axes, and the share of its variance that each axis explains",
      """
      SELECT json_remove(r.config, '$.prompts') AS config, r.seed, r.state, r.final_loss
      FROM runs r JOIN experiment_runs x ON x.run_id = r.id JOIN experiments e ON e.id = x.experiment_id
      WHERE e.name = :experiment AND x.in_grid ORDER BY x.position;
      """
    ),
    (
      "Final loss against training FLOPs and against wall time",
      """
      SELECT run_id, training_flops, seconds, final_loss FROM leaderboard
      WHERE experiment = :experiment AND in_grid ORDER BY training_flops;
      """
    ),
    (
      "Every seed of every configuration",
      """
      SELECT config, seed, final_loss FROM leaderboard WHERE experiment = :experiment AND in_grid ORDER BY config, seed;
      """
    ),
    (
      "Tokens per second against parameters",
      """
      SELECT parameters, tokens_per_second FROM leaderboard WHERE experiment = :experiment AND in_grid ORDER BY parameters;
      """
    ),
    (
      "Samples, best run first",
      """
      SELECT prompt, step, run_id, final_loss, text FROM sample_grid
      WHERE experiment = :experiment AND in_grid;
      """
    ),
    (
      "Runs that diverged, failed or were interrupted",
      """
      SELECT * FROM failures WHERE experiment = :experiment AND in_grid;
      """
    ),
  ]
}
