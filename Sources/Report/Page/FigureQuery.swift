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
      "Configurations",
      """
      SELECT * FROM seed_summary WHERE experiment = :experiment;
      """
    ),
    (
      "What came out: best learning rates",
      """
      SELECT * FROM best_lr WHERE experiment = :experiment;
      """
    ),
    (
      "Loss against learning rate; sensitivity to the learning rate",
      """
      SELECT d_model, heads, layers, optimizer, parameters, lr, finished, diverged, mean_final_loss, sd_final_loss
      FROM seed_summary WHERE experiment = :experiment ORDER BY optimizer, layers, d_model, heads, lr;
      """
    ),
    (
      "Which axis matters most; loss over two axes",
      """
      SELECT r.config, r.seed, r.state, r.final_loss
      FROM runs r JOIN experiment_runs x ON x.run_id = r.id JOIN experiments e ON e.id = x.experiment_id
      WHERE e.name = :experiment AND x.in_grid ORDER BY x.position;
      """
    ),
    (
      "Spread over seeds",
      """
      SELECT config, seed, final_loss FROM leaderboard
      WHERE experiment = :experiment AND in_grid ORDER BY config, seed;
      """
    ),
    (
      "Loss against steps; loss against tokens; loss against wall time",
      """
      SELECT run_id, split, step, tokens, seconds, loss FROM learning_curves
      WHERE experiment = :experiment AND in_grid ORDER BY run_id, split, step;
      """
    ),
    (
      "Loss against training FLOPs; loss at equal time",
      """
      SELECT c.run_id, c.step, r.training_flops * c.step / r.steps AS training_flops, c.seconds, c.loss
      FROM learning_curves c JOIN runs r ON r.id = c.run_id
      WHERE c.experiment = :experiment AND c.in_grid AND c.split = 'validation' ORDER BY c.run_id, c.step;
      """
    ),
    (
      "Throughput",
      """
      SELECT parameters, tokens_per_second FROM leaderboard
      WHERE experiment = :experiment AND in_grid ORDER BY parameters;
      """
    ),
    (
      "Samples",
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
