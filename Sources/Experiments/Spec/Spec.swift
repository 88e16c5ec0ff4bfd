import Foundation
import Store

/// A spec: the question that a JSON file in `experiments/` asks.
package struct Spec {
  /// The file's path as it was given.
  package let path: String
  /// The file's text as its author wrote it; where the command line changes it, the spec that says the same.
  package let source: String
  /// The experiment's name: the key, or the file's name without its ending.
  package let name: String
  /// The question, or an empty text.
  package let description: String
  /// The seeds of each configuration.
  package let seeds: [Int64]
  /// Seconds between checkpoints.
  package let checkpointSeconds: Double
  /// What is looked at on the way.
  package let measuring: Measuring
  /// The grid.
  package let configurations: [Configuration]
  /// Grid points left out because they equal another.
  package let collapsed: Int
  /// The keys that the spec itself names, in its order.
  package let writtenKeys: [SpecKey]
  /// What of it comes from the command line.
  package let changes: SpecChanges
  /// The keys whose values tell the configurations apart, in the spec's order, each with its values in the grid's order: those
  /// that the spec names and that differ. Others may differ because they follow, as `d_ff` follows `d_model`.
  package let axes: [Axis]

  package init(
    path: String, source: String, name: String, description: String, seeds: [Int64], checkpointSeconds: Double,
    measuring: Measuring, configurations: [Configuration], collapsed: Int, writtenKeys: [SpecKey],
    changes: SpecChanges = SpecChanges()
  ) {
    (self.path, self.source, self.name, self.description) = (path, source, name, description)
    (self.seeds, self.checkpointSeconds, self.measuring) = (seeds, checkpointSeconds, measuring)
    (self.configurations, self.collapsed, self.writtenKeys) = (configurations, collapsed, writtenKeys)
    self.changes = changes
    folder =
      UserPath.isStream(path)
      ? URL(fileURLWithPath: "", isDirectory: true) : URL(fileURLWithPath: path).deletingLastPathComponent()
    axes = writtenKeys.filter(\.isOfConfiguration).compactMap { key in
      let column = configurations.map { $0[key] }
      var seen: Set<Scalar> = []
      let values = column.compactMap { $0 }.filter { seen.insert($0).inserted }
      let differs = values.count > 1 || !values.isEmpty && column.contains(nil)
      return differs ? Axis(key: key.rawValue, values: values) : nil
    }
  }

  /// The folder that corpus paths start from: the spec's, or the working folder where the spec comes from a pipe.
  package let folder: URL

  /// The configuration's value on each axis that has a meaning for it, as the spec writes it.
  package func point(of configuration: Configuration) -> [String: Scalar] {
    axes.reduce(into: [:]) { point, axis in point[axis.key] = SpecKey(rawValue: axis.key).flatMap { configuration[$0] }
    }
  }
}

/// A spec as far as it could be read, so that a mistake in one place doesn't hide those in others.
package struct SpecDraft {
  /// The spec; a key that has a complaint stands there as if it had been left out.
  package let spec: Spec
  /// The keys whose values can't be known: nothing can be said about what depends on them.
  package let unclear: Set<SpecKey>
  /// Whether there is no complaint.
  package let isComplete: Bool
}
