import Experiments
import Foundation
import GRDB
import TestSupport

/// An empty folder in which the built programs are run as a user runs them; it goes away with the value.
final class Workplace {
  /// What a program left behind.
  struct Outcome: Equatable {
    var status: Int32
    var output: String
    var errors: String

    /// The first line of the output: of a sweep, how many runs there are in each state.
    var summary: String { String(output.prefix { $0 != "\n" }) + "\n" }
  }

  private let temporary: TemporaryFolder
  var folder: URL { temporary.url }

  init() throws { temporary = try TemporaryFolder() }

  func path(_ name: String) -> URL { folder.appending(path: name) }

  func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

  func write(_ data: Data, to name: String) throws {
    let url = path(name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  func read(_ name: String) throws -> String { String(decoding: try Data(contentsOf: path(name)), as: UTF8.self) }

  /// Runs `sweep` with the arguments to its end.
  @discardableResult
  func sweep(_ arguments: String...) throws -> Outcome { try run("sweep", arguments) }

  /// Runs `report` with the arguments to its end.
  @discardableResult
  func report(_ arguments: String..., path: String? = nil) throws -> Outcome {
    try run("report", arguments, searchPath: path)
  }

  func run(_ program: String, _ arguments: [String], searchPath: String? = nil) throws -> Outcome {
    try start(program, arguments, searchPath: searchPath).outcome()
  }

  /// Starts a program in the folder.
  func start(_ program: String, _ arguments: [String], searchPath: String? = nil) throws -> RunningProgram {
    try RunningProgram(process(program, arguments, searchPath: searchPath))
  }

  /// A process of the program in the folder, not yet started.
  func process(_ program: String, _ arguments: [String], searchPath: String? = nil) -> Process {
    let process = Process()
    process.executableURL = program.hasPrefix("/") ? URL(filePath: program) : Self.programs.appending(path: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = Self.environment.merging(["PATH": searchPath].compactMapValues { $0 }) { $1 }
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// The shell command as somebody gives it whom permissions bind, unlike root.
  static func unprivileged(_ command: String) -> String {
    geteuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups \(command)" : command
  }

  /// The rows of a query, each as one text.
  func query(_ sql: String, database: String = "results/results.sqlite") throws -> [String] {
    try DatabaseQueue(path: path(database).path).read { db in
      try Row.fetchAll(db, sql: sql).map { row in row.map { Self.text($1) }.joined(separator: "|") }
    }
  }

  /// What the files of a run are called, without an ending.
  func fileName(ofRun id: Int) throws -> String {
    try DatabaseQueue(path: path("results/results.sqlite").path).read { db in
      guard let row = try Row.fetchOne(db, sql: "SELECT config, seed FROM runs WHERE id = ?", arguments: [id]) else {
        return "no run \(id)"
      }
      return PlannedRun.fileName(identity: row["config"], seed: row["seed"])
    }
  }

  /// The weight file of a run, relative to the workplace.
  func weights(ofRun id: Int) throws -> String { "results/weights/\(try fileName(ofRun: id)).safetensors" }

  /// The run's latest checkpoint, relative to the workplace.
  func checkpoint(ofRun id: Int) throws -> String {
    "results/checkpoints/results.sqlite/\(try fileName(ofRun: id)).checkpoint"
  }

  private static func text(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .null: "NULL"
    case .int64(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): value
    case .blob(let value): "\(value)"
    }
  }

  /// What a program is told of this process's environment: where programs are, and how a sanitizer it is built with works.
  private static let environment = ProcessInfo.processInfo.environment.filter {
    ["PATH", "ASAN_OPTIONS", "TSAN_OPTIONS"].contains($0.key)
  }

  /// The folder of the built programs: the tests' own.
  static let programs: URL = {
    let program = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return program.resolvingSymlinksInPath().deletingLastPathComponent()
  }()
}
