import Foundation
import GRDB

/// A spec as recorded in the database: a row of `experiments`.
public struct Experiment: Codable, Sendable, Equatable, Identifiable {
  /// The row's number; nil until the experiment is stored.
  public var id: Int64?
  /// The experiment's name, unique in the database, exactly as its author wrote it.
  public var name: String
  /// The question it answers, or an empty text.
  public var description: String
  /// The spec's JSON as its author wrote it.
  public var spec: String
  /// The spec file's path as it was given on the command line.
  public var specPath: String
  /// The keys of the spec in which its configurations differ, with their values, in the spec's order.
  public var axes: [Axis]
  /// What it looks at; nil where an older version of this program stored it.
  public var measuring: Measuring?
  /// The information of the evaluated held-out text, in bits per byte, below which no model can train; nil where it is
  /// not known or where the experiment's runs differ in it.
  public var floorBitsPerByte: Double?
  /// What its runs are ranked by; nil where they don't compare (`RankingMetric.choice`). It is decided when the experiment is stored.
  public internal(set) var metric: RankingMetric?
  /// When the experiment was first stored, UTC, ISO 8601.
  public var createdAt: String
  /// When its spec was last stored, UTC, ISO 8601.
  public var updatedAt: String

  /// An experiment not yet stored.
  public init(
    name: String, description: String, spec: String, specPath: String, axes: [Axis], measuring: Measuring?,
    floorBitsPerByte: Double?
  ) {
    self.name = name
    self.description = description
    self.spec = spec
    self.specPath = specPath
    self.axes = axes
    self.measuring = measuring
    self.floorBitsPerByte = floorBitsPerByte
    createdAt = ""
    updatedAt = ""
  }
}

extension Experiment: FetchableRecord, MutablePersistableRecord {
  /// The table's name.
  public static let databaseTableName = "experiments"
  /// `specPath` is stored as `spec_path`.
  public static let databaseColumnEncodingStrategy = DatabaseColumnEncodingStrategy.convertToSnakeCase
  /// `spec_path` is read as `specPath`.
  public static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

  /// Axes and measuring are JSON.
  public static func databaseJSONEncoder(for column: String) -> JSONEncoder { StoredJSON.encoder }

  /// Takes over the row's number.
  public mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
}
