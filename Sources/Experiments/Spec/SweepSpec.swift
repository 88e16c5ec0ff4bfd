import Foundation
import Store

/// A spec: the question that a JSON file in `experiments/` asks.
package struct SweepSpec {
  /// The file's path as it was given.
  package let path: String
  /// The file's text as its author wrote it.
  package let source: String
  /// The experiment's name: the key, or the file's name without its ending.
  package let name: String
  /// The question, or an empty text.
  package let description: String
  /// The seeds of each configuration.
  package let seeds: [Int64]
  /// Seconds between checkpoints.
  package let checkpointSeconds: Double
  /// The grid.
  package let configurations: [RunConfiguration]
  /// Grid points left out because they equal another.
  package let collapsed: Int
  /// The keys that the spec itself names.
  package let writtenKeys: Set<SpecKey>

  /// The folder that corpus paths start from.
  package var folder: URL { URL(fileURLWithPath: path).deletingLastPathComponent() }

  /// The keys whose values tell the configurations apart: those that the spec names and that differ. (Others may differ
  /// because they follow, as `d_ff` follows `d_model`.)
  package var axes: [SpecKey] {
    SpecKey.allCases.filter { key in
      key.isOfConfiguration && writtenKeys.contains(key) && Set(configurations.map { $0[key] }).count > 1
    }
  }
}
