/// A question that charts answer.
struct ChartKind: Sendable {
  /// The chart's file name, or its beginning where there may be several.
  let name: String
  /// What it shows, as a heading.
  let title: String
  /// The charts as values.
  let draw: @Sendable (ChartSource) throws -> Drawing

  /// Every kind, in the order in which a report shows them.
  static let all: [ChartKind] = [
    ChartKind(name: "loss-by-lr", title: "Loss against learning rate", draw: { $0.lossByLearningRate() }),
    ChartKind(
      name: "lr-sensitivity", title: "Sensitivity to the learning rate", draw: { $0.learningRateSensitivity() }),
    ChartKind(name: "importance", title: "Which axis matters most", draw: { $0.importance() }),
    ChartKind(name: "heat-map", title: "Loss over two axes", draw: { $0.heatMaps() }),
    ChartKind(name: "seeds", title: "Spread over seeds", draw: { $0.seeds() }),
    ChartKind(name: "loss-curves", title: "Loss against steps", draw: { try $0.lossCurves() }),
    ChartKind(name: "loss-by-tokens", title: "Loss against tokens", draw: { try $0.lossByTokens() }),
    ChartKind(name: "loss-by-time", title: "Loss against wall time", draw: { try $0.lossByTime() }),
    ChartKind(name: "loss-by-flops", title: "Loss against training FLOPs", draw: { $0.lossByFlops() }),
    ChartKind(name: "equal-time", title: "Loss at equal time", draw: { $0.lossAtEqualTime() }),
    ChartKind(name: "throughput", title: "Throughput", draw: { $0.throughput() }),
  ]
}
