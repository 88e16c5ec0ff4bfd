import Foundation
import Terminal
import Words

/// Slurm's programs.
enum Slurm {
  /// What a program said of something that it didn't do.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// A job of ours in the queue: a task of an array, or a job by itself.
  struct QueuedJob: Equatable {
    /// The number of the job, or of its array.
    let job: String
    let name: String
    /// The task; nil for a job that is no array.
    let task: Int?
    /// Slurm's word, such as "RUNNING".
    let state: String
    /// Why it waits, or on which node it runs.
    let reason: String
  }

  /// Whether this machine has the program.
  static func has(_ program: String) -> Bool { path(of: program) != nil }

  /// Submits a script; returns the job's number.
  ///
  /// - Throws: `Failure`.
  static func submit(_ script: String, _ options: [String] = []) throws(Failure) -> String {
    let words = try output("sbatch", ["--parsable"] + options + [script]).split(separator: "\n")
    // The number of the job, and the cluster's name where there are several.
    guard let job = words.last?.split(separator: ";").first, job.allSatisfy(\.isNumber) else {
      throw Failure(description: "sbatch tells no number of a job: \(words.joined(separator: " ").visible())")
    }
    return String(job)
  }

  /// The jobs of these names that wait or run, whoever submitted them: people may share a folder of results.
  ///
  /// - Parameter patience: Seconds that squeue may take.
  /// - Throws: `Failure`.
  static func queue(_ names: [String], patience: Double = patience) throws(Failure) -> [QueuedJob] {
    let lines = try output(
      "squeue", ["--array", "--noheader", "--name=\(names.joined(separator: ","))", "--format=%F|%j|%K|%T|%R"],
      patience: patience)
    return lines.split(separator: "\n").compactMap(queued)
  }

  /// A line of squeue in the format above.
  static func queued(_ line: Substring) -> QueuedJob? {
    let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 5 else { return nil }
    return QueuedJob(
      job: fields[0], name: fields[1], task: Int(fields[2]), state: fields[3], reason: fields[4].visible())
  }

  /// The tasks as an array's option has them: "1,3-6".
  static func words(_ tasks: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for task in tasks.sorted() {
      if let last = ranges.last, last.upperBound + 1 == task {
        ranges[ranges.count - 1] = last.lowerBound...task
      } else {
        ranges.append(task...task)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }

  /// The cores of the smallest node of a partition, or of several with commas between them, of the usual one where none is named; nil where
  /// Slurm doesn't tell.
  static func cores(in partition: String?) -> Int? {
    guard has("sinfo"), let lines = try? output("sinfo", ["--noheader", "--exact", "--format=%R|%P|%c"]) else {
      return nil
    }
    // The usual partition has a star behind its name.
    return lines.split(separator: "\n").compactMap { line -> Int? in
      let fields = line.split(separator: "|", omittingEmptySubsequences: false)
      guard fields.count == 3,
        partition.map({ $0.split(separator: ",").contains(fields[0]) }) ?? fields[1].hasSuffix("*")
      else { return nil }
      return Int(fields[2])
    }.min()
  }

  /// Seconds that a program of Slurm may take; without its controller it would try for minutes.
  static let patience = 60.0

  /// What a program writes.
  private static func output(
    _ program: String, _ arguments: [String], patience: Double = patience
  ) throws(Failure) -> String {
    guard let path = path(of: program) else {
      throw Failure(description: "this machine has no Slurm: \(program) is in no folder of PATH.")
    }
    do {
      return try output(of: path, arguments, patience)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(description: "\(path): can't be run (\(Wording.reason(of: error))).")
    }
  }

  /// What Slurm's programs are told by variables, without what would change the answer to what is asked, such as `SQUEUE_STATES`.
  static func environment(_ variables: [String: String]) -> [String: String] {
    variables.filter { name, _ in
      !name.hasPrefix("SQUEUE_") && !name.hasPrefix("SINFO_") && !SbatchOptions.variables.contains(name)
    }
  }

  private static func output(of path: String, _ arguments: [String], _ patience: Double) throws -> String {
    // Files, not pipes: a program may write more than a pipe holds to one while the other is read.
    let folder = FileManager.default.temporaryDirectory.appending(path: "sweep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["output", "errors"].map { folder.appending(path: $0) }
    for file in files { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment(ProcessInfo.processInfo.environment)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    let program = URL(fileURLWithPath: path).lastPathComponent
    guard ended.wait(timeout: .now() + patience) == .success else {
      process.terminate()
      throw Failure(
        description: "\(program) has said nothing for \(Wording.duration(patience)); is Slurm's controller at work?")
    }
    func text(_ file: URL) throws -> String { String(decoding: try Data(contentsOf: file), as: UTF8.self) }
    guard process.terminationStatus == 0 else {
      let words = try text(files[1]).split(separator: "\n").joined(separator: "; ").visible()
      throw Failure(
        description: words.isEmpty ? "\(program) ended with code \(process.terminationStatus)." : words)
    }
    return try text(files[0])
  }

  /// Where the program is.
  private static func path(of program: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
