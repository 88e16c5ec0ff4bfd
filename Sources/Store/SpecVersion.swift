import GRDB

/// One text that an experiment's spec has had: a row of `spec_versions`.
public struct SpecVersion: Codable, Sendable, Equatable {
  /// Its number within the experiment, from 1.
  public var version: Int
  /// The spec's JSON as its author wrote it.
  public var spec: String
  /// The spec file's path as it was given on the command line.
  public var specPath: String
  /// When it was first stored, UTC, ISO 8601.
  public var storedAt: String
}

extension SpecVersion: FetchableRecord {
  /// `spec_path` is read as `specPath`.
  public static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase
}
