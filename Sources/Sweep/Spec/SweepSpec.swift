import Foundation

/// A spec: the question that a JSON file in `experiments/` asks.
struct SweepSpec {
  /// The file's path as it was given.
  let path: String
  /// The file's text as its author wrote it.
  let source: String
  /// The experiment's name: the key, or the file's name without its ending.
  let name: String
  /// The question, or an empty text.
  let description: String
  /// The seeds of each configuration.
  let seeds: [Int64]
  /// Seconds between checkpoints.
  let checkpointSeconds: Double
  /// The grid.
  let configurations: [RunConfiguration]
  /// Grid points left out because they equal another.
  let collapsed: Int
  /// The keys that the spec itself names, in its order.
  let writtenKeys: [SpecKey]

  /// The folder that corpus paths start from.
  var folder: URL { URL(fileURLWithPath: path).deletingLastPathComponent() }

  /// The keys whose values tell the configurations apart: those that the spec names and that differ. (Others may differ
  /// because they follow, as `d_ff` follows `d_model`.)
  var axes: [SpecKey] {
    SpecKey.allCases.filter { key in
      key.isOfConfiguration && writtenKeys.contains(key) && Set(configurations.map { $0[key] }).count > 1
    }
  }

  /// The same in the spec's order.
  var axesInOrder: [SpecKey] {
    let axes = axes
    return writtenKeys.filter(axes.contains)
  }
}
