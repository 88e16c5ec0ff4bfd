import Foundation

/// What a run needs to go on where it stood: its trainer's state, and whatever its owner noted.
///
/// The file, all numbers little-endian:
///
///     "SWEEPCKP", format (UInt32), moments M (UInt32)
///     steps, state of the batches' stream, parameters P, bytes of the run's name R, bytes of the notes N (UInt64 each)
///     the run's name (R bytes), the notes (N bytes), zeros up to a multiple of 4
///     the parameters (P Float32), then each moment (P Float32)
///     XXH64 of all that (UInt64)
public struct Checkpoint: Equatable, Sendable {
  /// Names the run that the state belongs to, so that no other run goes on from it.
  public var run: String
  /// What the owner keeps beside the trainer's state.
  public var notes: [UInt8]
  /// The trainer's state.
  public var trainer: TrainerState

  private static let magic = Array("SWEEPCKP".utf8)
  private static let format: UInt32 = 1
  private static let headerSize = 8 + 2 * 4 + 5 * 8

  /// A checkpoint.
  public init(run: String, notes: [UInt8], trainer: TrainerState) {
    precondition(
      trainer.moments.allSatisfy { $0.count == trainer.parameters.count }, "moments as long as the parameters")
    self.run = run
    self.notes = notes
    self.trainer = trainer
  }

  /// Writes the file beside its place, flushes it, and renames it; the file that stood there becomes `previous`. At every
  /// moment one of the two is whole.
  ///
  /// - Parameter beforeRenaming: Is called when the file is safely stored beside its place.
  /// - Throws: `FileError`, or what `beforeRenaming` throws.
  public func write(to url: URL, previous: URL, beforeRenaming: () throws -> Void = {}) throws {
    try DurableFile.write(to: url, previous: previous, beforeRenaming: beforeRenaming, contents: forEachPiece)
  }

  /// The file's bytes, all at once; to store them, `write` takes less memory.
  public func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    forEachPiece { bytes += $0 }
    return bytes
  }

  /// Calls `body` with the file's bytes, piece by piece: a copy of all would take as much memory as the trainer's state.
  private func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    var head = Self.magic
    func put<Number: FixedWidthInteger>(_ number: Number) { withUnsafeBytes(of: number.littleEndian) { head += $0 } }
    put(Self.format)
    put(UInt32(trainer.moments.count))
    put(UInt64(trainer.stepsDone))
    put(trainer.batches)
    put(UInt64(trainer.parameters.count))
    put(UInt64(run.utf8.count))
    put(UInt64(notes.count))
    head += run.utf8
    head += notes
    head += repeatElement(0, count: (4 - head.count % 4) % 4)
    var checksum = XXH64()
    func pass(_ piece: UnsafeRawBufferPointer) throws {
      checksum.append(piece)
      try body(piece)
    }
    try head.withUnsafeBytes(pass)
    for block in [trainer.parameters] + trainer.moments { try block.withUnsafeBytes(pass) }
    try withUnsafeBytes(of: checksum.value.littleEndian, body)
  }

  /// Reads a file's bytes, whatever they are.
  ///
  /// - Throws: `CheckpointError`: what is wrong with them.
  public init(_ bytes: some ContiguousBytes) throws(CheckpointError) {
    let result = bytes.withUnsafeBytes { Self.read($0) }
    self = try result.get()
  }

  /// Reads a file.
  ///
  /// - Throws: `CheckpointError`: there is none, it can't be read, or it is damaged.
  public init(contentsOf url: URL) throws(CheckpointError) {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw (error as? CocoaError)?.code == .fileReadNoSuchFile ? .missing : .unreadable
    }
    try self.init(data)
  }

  /// The steps that a file's header names, which a whole reading has yet to confirm; nil where there is no such header.
  public static func steps(namedBy url: URL) -> Int? {
    guard let file = try? FileHandle(forReadingFrom: url) else { return nil }
    defer { try? file.close() }
    let header = (try? file.read(upToCount: 24)) ?? Data()
    guard header.count == 24, header.starts(with: magic) else { return nil }
    return header.withUnsafeBytes {
      Int(exactly: UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
    }
  }

  private static func read(_ bytes: UnsafeRawBufferPointer) -> Result<Checkpoint, CheckpointError> {
    func number<Number: FixedWidthInteger>(_ at: Int, _: Number.Type) -> Number {
      Number(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Number.self))
    }
    guard bytes.count >= headerSize + 8, bytes.starts(with: magic) else { return .failure(.notACheckpoint) }
    let end = bytes.count - 8
    guard number(end, UInt64.self) == XXH64.checksum(of: UnsafeRawBufferPointer(rebasing: bytes[..<end])) else {
      return .failure(.damaged)
    }
    guard number(8, UInt32.self) == format else { return .failure(.unknownFormat(number(8, UInt32.self))) }
    // A checksum that fits proves nothing about a file that somebody made up: every size is checked against the bytes.
    guard let moments = Int(exactly: number(12, UInt32.self)), moments <= 8,
      let steps = Int(exactly: number(16, UInt64.self)),
      let count = Int(exactly: number(32, UInt64.self)), count <= bytes.count / 4,
      let nameSize = Int(exactly: number(40, UInt64.self)), nameSize <= bytes.count,
      let notesSize = Int(exactly: number(48, UInt64.self)), notesSize <= bytes.count
    else { return .failure(.inconsistent) }
    let floats = headerSize + (nameSize + notesSize + 3) / 4 * 4
    guard floats + (1 + moments) * count * 4 == end else { return .failure(.inconsistent) }
    let name = bytes[headerSize..<headerSize + nameSize]
    let notes = bytes[headerSize + nameSize..<headerSize + nameSize + notesSize]
    func block(_ index: Int) -> [Float] {
      [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        let from = floats + index * count * 4
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[from..<from + count * 4]))
        initialized = count
      }
    }
    let state = TrainerState(
      stepsDone: steps, batches: number(24, UInt64.self), parameters: block(0),
      moments: (0..<moments).map { block(1 + $0) })
    return .success(Checkpoint(run: String(decoding: name, as: UTF8.self), notes: Array(notes), trainer: state))
  }
}

/// Why a checkpoint can't serve.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
  /// There is no such file.
  case missing
  /// The file can't be read.
  case unreadable
  /// The file doesn't begin as a checkpoint does.
  case notACheckpoint
  /// The checksum doesn't fit: the file is torn, or bits of it have changed.
  case damaged
  /// The file was written by another version of this program.
  case unknownFormat(UInt32)
  /// The file's sizes contradict each other.
  case inconsistent
  /// It belongs to another run, or to a trainer of other sizes.
  case foreign

  /// The fact.
  public var description: String {
    switch self {
    case .missing: "there is none"
    case .unreadable: "it can't be read"
    case .notACheckpoint: "it isn't a checkpoint"
    case .damaged: "it is damaged"
    case .unknownFormat(let format): "its format \(format) is unknown to this version of the program"
    case .inconsistent: "its sizes contradict each other"
    case .foreign: "it belongs to another run"
    }
  }
}
