import ArgumentParser
import Experiments
import Foundation
import Model
import Store
import Terminal
import Words

/// Where results are kept.
struct DatabaseOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("The database of all results. (default: results/results.sqlite)", valueName: "path"),
    transform: UserPath.expanded)
  var database = Self.usual

  /// Where they are kept unless something else is said.
  static let usual = "results/results.sqlite"

  /// The words that name the database to another command; none where it is the usual one.
  var words: [String] { database == Self.usual ? [] : ["--database", database] }

  /// The files beside the database.
  var files: ResultFiles { ResultFiles(database: database) }

  /// The database of a shard, in the folder `shards` beside this one.
  func database(of shard: Shard) -> DatabaseOptions {
    var options = self
    options.database = shardsFolder.appending(path: "\(shard.name).sqlite").relativePath
    return options
  }

  /// The folder of the shards' databases.
  var shardsFolder: URL { URL(fileURLWithPath: database).deletingLastPathComponent().appending(path: "shards") }

  /// The database for reading alone.
  func reading() throws -> ResultsDatabase { try ResultsDatabase(readingFrom: database, tell: Console.standard.note) }
  /// The database for writing, where there is one.
  func existing() throws -> ResultsDatabase { try ResultsDatabase(existingAt: database, tell: Console.standard.note) }
}

/// The spec files to work on, and what the command line changes in them.
struct SpecArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Spec files, such as experiments/*.json (- is standard input), and KEY=VALUE for keys of all of them.",
      valueName: "spec"),
    transform: UserPath.expanded)
  var words: [String]
  @Flag(
    name: .long,
    help: "Rehearse: a tenth of the steps, one seed, and a database of its own in the folder quick beside the other.")
  var quick = false

  /// The paths of the specs.
  var paths: [String] { words.filter { !SpecChanges.isOverride($0) } }

  /// What changes in each of them.
  var changes: SpecChanges { SpecChanges(words.filter(SpecChanges.isOverride), isRehearsal: quick) }

  /// The database of the results: a rehearsal's never is that of the others.
  func database(_ options: DatabaseOptions) -> DatabaseOptions {
    guard quick else { return options }
    var options = options
    let file = URL(fileURLWithPath: options.database)
    options.database = file.deletingLastPathComponent().appending(path: "quick/\(file.lastPathComponent)").relativePath
    return options
  }

  func validate() throws {
    if paths.isEmpty { throw ValidationError("Name at least one spec, such as experiments/*.json.") }
    let commands = SweepCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    if paths[0] != UserPath.standardInput, !FileManager.default.fileExists(atPath: paths[0]),
      let command = nearest(to: paths[0], in: commands)
    {
      throw ValidationError("\"\(paths[0])\" is neither a command nor a file. Did you mean `sweep \(command)`?")
    }
  }
}

extension Plan {
  /// The plan of the specs; tells everything that is wrong with them.
  ///
  /// - Throws: `ExitCode`.
  init(telling specs: SpecArguments) throws {
    do {
      try self.init(specs: specs.paths, changes: specs.changes)
    } catch {
      for issue in error.issues { Console.standard.note("\(issue)") }
      throw error.issues.allSatisfy(\.isMissingFile) ? ExitStatus.noInput : ExitStatus.badData
    }
  }
}

/// How many runs go side by side.
struct JobsOption: ParsableArguments {
  @Option(
    name: [.customShort("j", allowingJoined: true), .long], parsing: .unconditional,
    help: "Runs that go side by side. (default: as many as the machine has cores for)")
  var jobs: Int?

  /// Runs that go side by side when each takes so many threads.
  func count(threadsPerRun: Int? = nil) -> Int { jobs ?? max(1, Machine.cores / (threadsPerRun ?? 1)) }

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is \(jobs); write 1 to 1024.") }
  }
}

/// How many threads train one run.
struct ThreadsOption: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Threads that train one run; its results don't depend on them. (default: one, and the idle cores when fewer runs "
        + "are left than --jobs)", valueName: "threads"))
  var threadsPerRun: Int?

  func validate() throws {
    if let threadsPerRun, !(1...1024).contains(threadsPerRun) {
      throw ValidationError("--threads-per-run is \(threadsPerRun); write 1 to 1024.")
    }
  }
}

/// Which vectors a run may be computed with, where machines differ.
struct VectorsOption: ParsableArguments {
  /// The builds that there are.
  enum Build: String, ExpressibleByArgument, CaseIterable { case avx512, avx2, none }

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Refuse to train unless the program is built for these vectors, so that several machines give the same bits.",
      valueName: "vectors"))
  var vectors: Build?

  /// The words that ask the same of another command.
  var words: [String] { vectors.map { ["--vectors", $0.rawValue] } ?? [] }

  func validate() throws {
    guard let vectors, vectors.rawValue != Vectors.name else { return }
    throw ValidationError(
      "--vectors is \(vectors.rawValue), but this program is built for \(Vectors.name). Build it for the former: "
        + "rm -rf .build && SWEEP_VECTORS=\(vectors.rawValue) swift build")
  }
}

/// How much memory runs may take.
struct MemoryOption: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Memory that runs and their texts may take together. (default: what the machine has available)",
      valueName: "gigabytes"))
  var memory: Double?

  /// What runs may take beside their texts, which take so many bytes and are there by now.
  func budget(beside texts: Double) -> MemoryBudget {
    guard let memory else { return MemoryBudget(total: Machine.memory, available: Machine.availableMemory) }
    let left = max(0, 1e9 * memory - texts)
    return MemoryBudget(total: left, available: left)
  }

  func validate() throws {
    if let memory, !(memory > 0 && memory < 1e9) {
      throw ValidationError("--memory is \(memory); write a number of gigabytes, such as 8.")
    }
  }
}
