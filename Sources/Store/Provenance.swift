/// Where, when and with what a run was trained: columns of `runs`, each nil where it isn't known.
public struct Provenance: Codable, Sendable, Equatable {
  /// The machine's name.
  public var host: String?
  /// The processor's model.
  public var cpu: String?
  /// The version of this program.
  public var version: String?
  /// What computed the matrix products: our own kernels and their vectors, or the BLAS and its version.
  public var blas: String?
  /// The commit of the program's source, 40 or 64 hexadecimal digits, with `-dirty` behind where the source differed from it.
  public var sourceCommit: String?
  /// When training started, UTC, ISO 8601.
  public var startedAt: String?
  /// When it ended, UTC, ISO 8601.
  public var endedAt: String?

  /// Where and with what; the database adds the times.
  public init(
    host: String? = nil, cpu: String? = nil, version: String? = nil, blas: String? = nil, sourceCommit: String? = nil
  ) {
    self.host = host
    self.cpu = cpu
    self.version = version
    self.blas = blas
    self.sourceCommit = sourceCommit
  }

  enum CodingKeys: String, CodingKey {
    case host, cpu, version, blas
    case sourceCommit = "source_commit"
    case startedAt = "started_at"
    case endedAt = "ended_at"
  }
}
