/// A question that charts answer.
struct ChartKind: Sendable {
  /// The chart's file name, or its beginning where there may be several.
  let name: String
  /// What it shows, as a heading.
  let title: String
  /// A query with the numbers that it shows; `:experiment` stands for the experiment's name.
  let sql: String
  /// Whether it puts the losses of different configurations beside each other.
  var comparesLosses = true
  /// The charts as values.
  let draw: @Sendable (ChartSource) throws -> ChartResult

  /// Every kind, in the order in which a report shows them.
  static let all: [ChartKind] = [
    ChartKind(
      name: "loss-by-lr", title: "Loss against learning rate", sql: meansByLearningRate,
      draw: { $0.lossByLearningRate() }),
    ChartKind(
      name: "lr-sensitivity", title: "Sensitivity to the learning rate", sql: meansByLearningRate,
      draw: { $0.learningRateSensitivity() }),
    ChartKind(name: "importance", title: "Which axis matters most", sql: finalLosses, draw: { $0.importance() }),
    ChartKind(name: "heat-map", title: "Loss over two axes", sql: finalLosses, draw: { $0.heatMaps() }),
    ChartKind(
      name: "seeds", title: "Spread over seeds",
      sql: """
        SELECT config, seed, final_loss FROM leaderboard
        WHERE experiment = :experiment AND in_grid ORDER BY config, seed;
        """,
      draw: { $0.seeds() }),
    ChartKind(
      name: "loss-curves", title: "Loss against steps", sql: curves, comparesLosses: false,
      draw: { try $0.lossCurves() }),
    ChartKind(
      name: "loss-by-tokens", title: "Loss against tokens", sql: curves, comparesLosses: false,
      draw: { try $0.lossByTokens() }),
    ChartKind(
      name: "loss-by-time", title: "Loss against wall time", sql: curves, comparesLosses: false,
      draw: { try $0.lossByTime() }),
    ChartKind(
      name: "loss-by-flops", title: "Loss against training FLOPs", sql: frontier, draw: { $0.lossByFlops() }),
    ChartKind(name: "equal-time", title: "Loss at equal time", sql: frontier, draw: { $0.lossAtEqualTime() }),
    ChartKind(
      name: "loss-by-parameters", title: "Loss against parameters",
      sql: """
        SELECT config, parameters, mean_final_loss FROM seed_summary
        WHERE experiment = :experiment ORDER BY parameters, mean_final_loss;
        """, draw: { $0.lossByParameters() }),
    ChartKind(
      name: "coordinates", title: "Coordinate check",
      sql: """
        SELECT r.d_model, r.layers, r.config, r.seed, c.step, c.tensor, c.mean_abs
        FROM coordinates c JOIN runs r ON r.id = c.run_id JOIN experiment_runs x ON x.run_id = r.id
        JOIN experiments e ON e.id = x.experiment_id
        WHERE e.name = :experiment AND x.in_grid ORDER BY c.tensor, c.step, r.d_model, r.layers, r.seed;
        """, comparesLosses: false,
      draw: { try $0.coordinates() }),
    ChartKind(
      name: "throughput", title: "Throughput",
      sql: """
        SELECT parameters, tokens_per_second FROM leaderboard
        WHERE experiment = :experiment AND in_grid ORDER BY parameters;
        """, comparesLosses: false,
      draw: { $0.throughput() }),
  ]
}

// MARK: - Queries of several kinds

private let meansByLearningRate = """
  SELECT d_model, heads, layers, optimizer, parameters, lr, finished, diverged, mean_final_loss, sd_final_loss
  FROM seed_summary WHERE experiment = :experiment ORDER BY optimizer, layers, d_model, heads, lr;
  """

private let finalLosses = """
  SELECT r.config, r.seed, r.state, r.final_loss
  FROM runs r JOIN experiment_runs x ON x.run_id = r.id JOIN experiments e ON e.id = x.experiment_id
  WHERE e.name = :experiment AND x.in_grid ORDER BY x.position;
  """

private let curves = """
  SELECT run_id, split, step, tokens, seconds, loss FROM learning_curves
  WHERE experiment = :experiment AND in_grid ORDER BY run_id, split, step;
  """

private let frontier = """
  SELECT c.run_id, r.config, r.seed, c.step, r.training_flops * c.step / r.steps AS training_flops, c.seconds, c.loss,
    min(c.loss) OVER (PARTITION BY c.run_id ORDER BY c.step) AS lowest_loss
  FROM learning_curves c JOIN runs r ON r.id = c.run_id
  WHERE c.experiment = :experiment AND c.in_grid AND c.split = 'validation' AND c.step > 0 ORDER BY c.run_id, c.step;
  """
