import Foundation
import GRDB

/// One configuration trained with one seed: a row of `runs`.
public struct Run: Sendable, Equatable, Identifiable {
  /// The row's number; nil until the run is stored. A number is never given again.
  public var id: Int64?
  /// The configuration as canonical JSON: every key that training depends on, sorted, without the seed.
  public let config: String
  /// The seed.
  public let seed: Int64
  /// What follows from the configuration and its text.
  public var facts: Facts
  /// Where the run stands, and what it has come to by now.
  public var outcome = RunOutcome(state: .queued)
  /// Where and with what it was trained; nothing until training starts.
  public var provenance = Provenance()
  /// The configuration's keys with their values, as `config` has them. The corpus stands there by its content's hash, as
  /// `corpus_sha256`.
  public let settings: [String: Scalar]

  /// A queued run, not yet stored.
  ///
  /// - Parameter config: A JSON object of numbers and texts.
  public init(config: String, seed: Int64, facts: Facts) {
    do {
      try self.init(stored: config, seed: seed, facts: facts)
    } catch {
      preconditionFailure("\(config) isn't a configuration: \(error)")
    }
  }

  private init(stored config: String, seed: Int64, facts: Facts) throws {
    self.config = config
    self.seed = seed
    self.facts = facts
    settings = try StoredJSON.value(config)
  }

  /// Where the run stands.
  public var state: RunState { outcome.state }
  /// Steps made.
  public var stepsDone: Int { outcome.stepsDone }
  /// Steps to train.
  public var steps: Int { Int(settings["steps"]?.number ?? 0) }

  /// The run's number with what it stands for; nil until the run is stored.
  public var reference: Reference? { id.map { Reference(id: $0, config: config, seed: seed) } }
}

extension Run {
  /// A stored run by its number, its configuration and its seed: who claims, records or ends a run names all three, so that
  /// nothing is ever stored with another run.
  public struct Reference: Sendable, Hashable {
    /// The row's number.
    public let id: Int64
    /// The configuration as canonical JSON.
    public let config: String
    /// The seed.
    public let seed: Int64

    /// A run's number, configuration and seed.
    public init(id: Int64, config: String, seed: Int64) {
      self.id = id
      self.config = config
      self.seed = seed
    }

    /// The number tells nearly all apart, and takes less time than the configuration.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
  }

  /// What follows from a configuration and its text, and doesn't stand in it.
  public struct Facts: Codable, Sendable, Equatable {
    /// "stories" or the text file's name. Its content's hash is in the configuration.
    public var corpus: String
    /// Number of distinct tokens, V.
    public var vocabSize: Int
    /// Number of trained numbers.
    public var parameters: Int
    /// Floating-point operations of the whole training (forward and backward).
    public var trainingFlops: Double
    /// The information of the evaluated held-out text in nats per token: the loss no model can train below; nil where
    /// it is not known.
    public var floorLoss: Double?
    /// The same in bits per byte of text.
    public var floorBitsPerByte: Double?
    /// SHA-256 of the whole held-out text, in hexadecimal. This and what follows is nil where an earlier version of this program stored
    /// the run: such a run's bits per byte leave the spelling of unknown words out.
    public var heldOutSHA256: String?
    /// Tokens of the held-out text that an evaluation predicts.
    public var evaluatedTokens: Int?
    /// Bytes of text that these tokens stand for.
    public var evaluatedBytes: Int?
    /// How many of the evaluated tokens are the unknown one, and the bytes that these stand for.
    public var unknownTokens: Int?
    /// See `unknownTokens`.
    public var unknownBytes: Int?

    /// The facts of a run.
    public init(
      corpus: String, vocabSize: Int, parameters: Int, trainingFlops: Double, floorLoss: Double? = nil,
      floorBitsPerByte: Double? = nil
    ) {
      self.corpus = corpus
      self.vocabSize = vocabSize
      self.parameters = parameters
      self.trainingFlops = trainingFlops
      self.floorLoss = floorLoss
      self.floorBitsPerByte = floorBitsPerByte
    }

    enum CodingKeys: String, CodingKey {
      case corpus, parameters
      case vocabSize = "vocab_size"
      case trainingFlops = "training_flops"
      case floorLoss = "floor_loss"
      case floorBitsPerByte = "floor_bits_per_byte"
      case heldOutSHA256 = "held_out_sha256"
      case evaluatedTokens = "evaluated_tokens"
      case evaluatedBytes = "evaluated_bytes"
      case unknownTokens = "unknown_tokens"
      case unknownBytes = "unknown_bytes"
    }
  }
}

extension Run.Facts: FetchableRecord, EncodableRecord {}
extension RunOutcome: FetchableRecord, EncodableRecord {}
extension Provenance: FetchableRecord, EncodableRecord {}

extension Run: FetchableRecord, MutablePersistableRecord {
  /// The table's name.
  public static let databaseTableName = "runs"

  /// Reads a row.
  public init(row: Row) throws {
    try self.init(stored: row["config"], seed: row["seed"], facts: Facts(row: row))
    id = row["id"]
    outcome = try RunOutcome(row: row)
    provenance = try Provenance(row: row)
  }

  /// Writes a row; the columns of the common keys follow from `config`.
  public func encode(to container: inout PersistenceContainer) throws {
    container["id"] = id
    container["config"] = config
    container["seed"] = seed
    try facts.encode(to: &container)
    try outcome.encode(to: &container)
    try provenance.encode(to: &container)
  }

  /// Takes over the row's number.
  public mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
}

extension Run.Reference {
  /// The run as it stands; nil where the number is none's, or another run's.
  func fetch(_ db: Database) throws -> Run? {
    guard let run = try Run.fetchOne(db, key: id), run.config == config, run.seed == seed else { return nil }
    return run
  }
}
