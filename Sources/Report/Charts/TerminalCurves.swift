import Foundation
import Store

/// The losses of some runs for a terminal: gnuplot draws them from letters.
struct TerminalCurves {
  /// More curves than this can't be told apart by their letters.
  static let most = 6

  struct Curve: Equatable {
    let run: Int64
    let points: [(step: Int, loss: Double)]

    static func == (a: Curve, b: Curve) -> Bool { a.run == b.run && a.points.elementsEqual(b.points, by: ==) }
  }

  /// Validation loss; training loss of a run that has no evaluation after its first step. Runs without any are left out.
  let curves: [Curve]
  /// What each run is, a line for each.
  let legend: [String]
  private let width: Int

  init(_ runs: [Run], _ database: ResultsDatabase, width: Int) throws {
    self.width = width
    // Runs of one experiment are told apart by its axes, which others of their keys may follow.
    let shared = try database.axes(sharedBy: Set(runs.compactMap(\.id)))
    let points = runs.map { run in run.id.flatMap { shared?.points[$0] } ?? run.settings }
    let keys = (shared?.axes.map(\.key) ?? Set(points.flatMap(\.keys)).sorted())
      .filter { key in Set(points.map { $0[key] }).count > 1 }
    let digits = keys.reduce(into: [:]) { digits, key in
      digits[key] = Scalar.digits(telling: points.compactMap { $0[key] })
    }
    legend = zip(runs, points).map { run, point in
      let loss = run.outcome.finalLoss.map { String(format: ", validation loss %.4f", $0) } ?? ""
      let labels =
        keys.compactMap { key in point[key].map { "\(key) \($0.label(digits: digits[key] ?? 4))" } } + [
          "seed \(run.seed)"
        ]
      return "run \(run.id ?? 0): " + labels.joined(separator: ", ") + "; \(run.state.rawValue)\(loss)"
    }
    curves = try runs.compactMap { run in
      guard let id = run.id else { return nil }
      let validation = try database.evaluations(of: id).compactMap { value in value.loss.map { (value.step, $0) } }
      let points =
        validation.count > 1
        ? validation : try database.trainingCurve(of: id, points: width).map { ($0.step, $0.loss) }
      return points.isEmpty ? nil : Curve(run: id, points: points)
    }
  }

  /// The script whose output is the drawing.
  var script: String {
    let data = curves.enumerated().flatMap { index, curve in
      ["$data\(index) << END"] + curve.points.map { "\($0.step) \($0.loss)" } + ["END"]
    }
    let plots = curves.enumerated().map { "$data\($0) using 1:2 with lines title 'run \($1.run)'" }
    let lines =
      ["set encoding utf8", "set terminal dumb size \(max(width, 40)),24"] + data + [
        "set key below", "set border 3", "set tics nomirror", "set xlabel 'step'", "set ylabel 'loss' norotate",
        "set xrange [0:]", "plot " + plots.joined(separator: ", "),
      ]
    return lines.joined(separator: "\n") + "\n"
  }
}
