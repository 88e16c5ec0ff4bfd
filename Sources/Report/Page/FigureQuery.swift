import Answers
import Words

/// A query with the numbers that a table or a figure shows.
struct FigureQuery: Equatable {
  let title: String
  let sql: String
}

extension FigureQuery {
  /// The queries behind an experiment's table and charts, ready to be pasted into `sqlite3 results/results.sqlite`.
  static func all(of experiment: String) -> [FigureQuery] {
    let name = experiment.singleQuoted
    return (before + charts + after).map {
      FigureQuery(title: $0.title, sql: $0.sql.replacing(":experiment", with: name))
    }
  }

  /// Those of the charts; kinds with one query share it.
  private static var charts: [FigureQuery] {
    ChartKind.all.reduce(into: []) { queries, kind in
      if let last = queries.last, last.sql == kind.sql {
        let title = "\(last.title); \(kind.title.prefix(1).lowercased())\(kind.title.dropFirst())"
        queries[queries.count - 1] = FigureQuery(title: title, sql: kind.sql)
      } else {
        queries.append(FigureQuery(title: kind.title, sql: kind.sql))
      }
    }
  }

  private static let before = [
    FigureQuery(title: "Configurations", sql: "SELECT * FROM seed_summary WHERE experiment = :experiment;"),
    FigureQuery(
      title: "What came out: best learning rates", sql: "SELECT * FROM best_lr WHERE experiment = :experiment;"),
  ]

  private static let after = [
    FigureQuery(
      title: "Samples",
      sql: """
        SELECT prompt, step, run_id, final_loss, text FROM sample_grid
        WHERE experiment = :experiment AND in_grid;
        """),
    FigureQuery(
      title: "Runs that diverged, failed or were interrupted",
      sql: "SELECT * FROM failures WHERE experiment = :experiment AND in_grid;"),
  ]
}
