import ArgumentParser
import Experiments
import Foundation
import Model
import Store
import Terminal
import Words

extension SweepCommand {
  /// `sweep slurm SPEC... --nodes N --time LIMIT`
  struct SlurmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "slurm", abstract: "Train on a cluster: submit what is missing to Slurm, and a merge after it.",
      usage: "sweep slurm <spec> ... --nodes <nodes> --time <limit> [<options>] [-- <options of sbatch>]",
      discussion: """
        An array of tasks trains the shards, several runs side by side in each, and a job that follows merges their databases. The scripts \
        and logs stay in the folder slurm beside the database. A task that comes to its time limit, or is preempted, stores checkpoints and goes \
        on later. The same command once more submits what is missing by then, and nothing that is in the queue.

        Options of sbatch, such as --account, follow after --, and stand in the scripts.
        """)

    @OptionGroup var specs: SpecArguments
    @Option(name: .long, parsing: .unconditional, help: "Nodes that work at a time.")
    var nodes: Int
    @Option(
      name: .long, parsing: .unconditional,
      help: ArgumentHelp("The time limit of a task as Slurm reads it, such as 4:00:00 or 2-0.", valueName: "limit"),
      transform: { words in
        guard let limit = TimeLimit(words) else {
          throw ValidationError(
            "write minutes, hours:minutes:seconds or days-hours, from one minute on, such as 4:00:00.")
        }
        return limit
      })
    var time: TimeLimit
    @Option(name: .long, help: "The partition. (default: Slurm's own)")
    var partition: String?
    @Option(
      name: .long, parsing: .unconditional,
      help: "Cores of a node that a task may take. (default: those of the partition's smallest node)")
    var cores: Int?
    @Option(
      name: .long, parsing: .unconditional,
      help: "Tasks to cut the sweep into. (default: by the estimate; the same command once more keeps them)")
    var tasks: Int?
    @Option(
      name: .long,
      help: ArgumentHelp(
        "The program on the nodes, such as a script that starts it in a container. (default: this one)",
        valueName: "path"
      ), transform: UserPath.expanded)
    var program: String?
    @Flag(name: .long, help: "Try runs again that failed earlier.")
    var retryFailed = false
    @Flag(name: .long, help: "Show the scripts, and submit nothing.")
    var dryRun = false
    @OptionGroup var vectors: VectorsOption
    @OptionGroup var database: DatabaseOptions

    /// The words after --, which ArgumentParser gives to the specs: it takes no second list.
    private let sbatch = Array(CommandLine.arguments.drop { $0 != "--" }.dropFirst())
    /// The specs without them.
    private var given: SpecArguments {
      var specs = specs
      specs.words.removeLast(sbatch.count)
      return specs
    }

    private enum CodingKeys: CodingKey {
      case specs, nodes, time, partition, cores, tasks, program, retryFailed, dryRun, vectors, database
    }

    func validate() throws {
      let specs = given
      try specs.validate()
      if !(1...10_000).contains(nodes) { throw ValidationError("--nodes is \(nodes); write 1 to 10000.") }
      if let cores, !(1...1024).contains(cores) { throw ValidationError("--cores is \(cores); write 1 to 1024.") }
      if let tasks, !(1...Shard.most).contains(tasks) {
        throw ValidationError("--tasks is \(tasks); write 1 to \(Shard.most).")
      }
      if let complaint = partition.flatMap(BatchScript.complaint) { throw ValidationError(complaint) }
      if let first = sbatch.first, !first.hasPrefix("-") {
        throw ValidationError("\"\(first)\" stands after --, but is no option of sbatch.")
      }
      for word in sbatch {
        if let complaint = SbatchOptions.complaint(about: word) { throw ValidationError(complaint) }
      }
      if let path = specs.paths.first(where: UserPath.isStream) {
        throw ValidationError("\(path): the tasks read the specs later; write the spec to a file.")
      }
    }

    func run() throws {
      do {
        try submit()
      } catch let failure as Slurm.Failure {
        throw UserError("\(failure)")
      }
    }

    private func submit() throws {
      if !dryRun, !Slurm.has("sbatch") {
        throw UserError(
          "this machine has no Slurm: sbatch is in no folder of PATH. Submit on the cluster's login node; --dry-run shows the scripts here."
        )
      }
      let specs = given
      let plan = try Plan(telling: specs)
      for warning in plan.warnings { Console.standard.note(warning) }
      let sweep = ClusterSweep(plan, into: specs.database(database))
      if sweep.logs.contains("\\") {
        throw UserError(
          "\(sweep.logs): Slurm writes no log where a folder's name has a backslash; give it another name.")
      }
      let turn = dryRun ? nil : Self.turn(in: ClusterSweep.folder(of: sweep.database))
      defer { if let turn { close(turn) } }
      let queue = try queue(of: sweep)
      let estimates = Estimates(cores: cores ?? Slurm.cores(in: chosenPartition) ?? Machine.cores)
      let cut = try cut(sweep, plan, estimates)
      let tasks = queue.filter { $0.name == sweep.name }
      if let former = sweep.formerTasks, former != cut.tasks, let job = tasks.first?.job {
        throw UserError(
          "this sweep is in the queue, cut into \(Wording.number(former, "task")) (job \(job)). Wait for them, or cancel them with "
            + "`\(ShellWords.quoted(["scancel", "--me", "--name=\(sweep.name)"]))`, before you choose another number.")
      }
      let standing = try sweep.standing(tasks: cut.tasks, retriesFailed: retryFailed)
      if standing.failed > 0 {
        Console.standard.note("\(Wording.number(standing.failed, "run")) failed earlier; --retry-failed tries again.")
      }
      let atWork = Set(tasks.compactMap(\.task)).union(standing.busy)
      let missing = standing.left.indices.map { $0 + 1 }.filter {
        !standing.left[$0 - 1].isEmpty && !atWork.contains($0)
      }
      let arrays = Set(tasks.map(\.job))
      let isMergeQueued = queue.contains { $0.name == sweep.mergeName }
      guard missing.isEmpty else {
        let array = try array(sweep, cut, missing, standing, plan, estimates)
        // On a file system of several machines a shard's database is one process's, a merge being one too.
        let rivals = Set(ClusterSweep.names(beside: sweep.database, tasks: cut.tasks)).subtracting([sweep.name])
        let theirs = rivals.union(rivals.map(ClusterSweep.mergeName))
        let before = Set(queue.filter { theirs.contains($0.name) }.map(\.job))
        return try submit(array, sweep, cut, after: arrays, behind: before)
      }
      let left = standing.count
      Console.standard.data(
        left > 0
          ? "No task is submitted: those of the \(Wording.number(left, "run")) that \(left == 1 ? "is" : "are") left are in the queue."
          : "No task is submitted: \(Wording.number(standing.over, "run")) of \(standing.over + standing.failed) are done."
      )
      if !isMergeQueued, !arrays.isEmpty || standing.merged < standing.over {
        try submit(nil, sweep, cut, after: arrays)
      }
    }

    /// The partition, which a variable may name as for sbatch itself.
    private var chosenPartition: String? { partition ?? ProcessInfo.processInfo.environment["SBATCH_PARTITION"] }

    /// Waits for a process that submits scripts of that folder by now: two that look into the queue at a time would both find it empty.
    /// Returns a descriptor with which the turn ends; nil where the file system has no locks, or nobody can write there.
    private static func turn(in folder: URL) -> Int32? {
      try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let lock = open(folder.path, O_RDONLY | O_CLOEXEC)
      guard lock >= 0 else { return nil }
      while flock(lock, LOCK_EX) != 0 {
        guard errno == EINTR else {
          close(lock)
          return nil
        }
      }
      return lock
    }

    /// What of the sweep is in the queue. Scripts can be shown where there is no Slurm, or none at work.
    private func queue(of sweep: ClusterSweep) throws -> [Slurm.QueuedJob] {
      do {
        let names = Set([sweep.name] + ClusterSweep.names(beside: sweep.database)).sorted()
        return try Slurm.queue(names.flatMap { [$0, ClusterSweep.mergeName(of: $0)] })
      } catch {
        guard dryRun else { throw error }
        return []
      }
    }

    /// Estimates of runs on a node's cores, from one calibration of this machine.
    private final class Estimates {
      let cores: Int
      private var made: Estimate?

      init(cores: Int) { self.cores = cores }

      func of(_ runs: [PlannedRun]) -> Estimate {
        let estimate = made ?? Estimate(runs, jobs: min(cores, Machine.cores))
        made = estimate
        return estimate
      }
    }

    /// How the sweep is cut: as it was before, since the tasks' databases are those of its shards.
    private func cut(_ sweep: ClusterSweep, _ plan: Plan, _ estimates: Estimates) throws -> ClusterPlan {
      func offer(_ tasks: Int?) -> ClusterPlan.Offer {
        ClusterPlan.Offer(nodes: nodes, cores: estimates.cores, seconds: time.seconds, tasks: tasks)
      }
      if let tasks = tasks ?? sweep.formerTasks {
        return ClusterPlan(for: plan.distinctRuns.map { _ in nil }, on: offer(tasks))
      }
      let left = try sweep.standing(tasks: 1, retriesFailed: retryFailed).left.flatMap(\.self)
      guard !left.isEmpty else { return ClusterPlan(for: [], on: offer(nil)) }
      let estimate = estimates.of(left.map(\.run))
      return ClusterPlan(for: left.map { estimate.seconds($0.run, after: $0.done) }, on: offer(nil))
    }

    /// A script, and what it does.
    private struct Job {
      let path: String
      let script: BatchScript
      let story: String
    }

    /// The array of the tasks that have something left.
    private func array(
      _ sweep: ClusterSweep, _ cut: ClusterPlan, _ missing: [Int], _ standing: ClusterSweep.Standing, _ plan: Plan,
      _ estimates: Estimates
    ) throws -> Job {
      let rest = missing.map { standing.left[$0 - 1] }
      let runs = rest.flatMap(\.self).map(\.run)
      let estimate = estimates.of(runs)
      // Seconds before the time limit at which Slurm says that it comes.
      let notice = Int(min(120, time.seconds / 4))
      try refuseEndlessTasks(runs, estimate, cores: cut.cores, seconds: time.seconds - Double(notice))
      let longest = rest.compactMap { estimate.seconds($0, jobs: cut.cores, cores: cut.cores) }.max()
      if let longest, longest > time.seconds {
        Console.standard.note(
          "A task takes \(Wording.duration(longest)), longer than its limit: it stops with checkpoints and goes on from the queue."
        )
      }
      let memory = Self.memory(of: runs, side: cut.cores, texts: plan.textMemory)
      let asksForMemory = SbatchOptions.askForMemory(sbatch)
      let room = asksForMemory ? "" : " and \(Wording.bytes(Double(memory) * 1_048_576))"
      let about = longest.map { ", about \(Wording.duration($0)) a task" } ?? ""
      let side = missing.count > nodes ? ", \(nodes) at a time" : ""
      let story =
        "\(Wording.number(runs.count, "run")) in \(Wording.number(missing.count, "task")) of \(Wording.number(cut.cores, "core"))"
        + "\(room)\(about), at most \(Wording.duration(time.seconds))\(side)"
      let specs = given
      let command = words(
        "run", specs.words + (specs.quick ? ["--quick"] : []) + (retryFailed ? ["--retry-failed"] : []) + vectors.words,
        database)
      // The number of the task is the shell's to fill in.
      let shard = ShellWords.quoted(command) + " --shard \"$SLURM_ARRAY_TASK_ID/\(cut.tasks)\""
      let script = BatchScript(
        remarks: ["\(sweep.script(tasks: cut.tasks)): \(story).", "Written by \(ShellWords.given)"],
        options: options(sweep.name, log: sweep.log(tasks: cut.tasks)) + [
          ["--array=\(Slurm.words(missing))\(missing.count > nodes ? "%\(nodes)" : "")"],
          ["--nodes=1"], ["--ntasks=1"], ["--cpus-per-task=\(cut.cores)"], ["--time=\(time.text)"],
          ["--signal=B:USR1@\(notice)"],
        ] + (asksForMemory ? [] : [["--mem=\(memory)M"]]) + (sbatch.isEmpty ? [] : [sbatch]),
        body: BatchScript.goesOn(shard))
      return Job(path: sweep.script(tasks: cut.tasks), script: script, story: story)
    }

    /// Refuses a time in which the last step of a run, with the evaluation and the samples behind it, doesn't end on all of a task's cores:
    /// the task would come back from the queue for ever.
    private func refuseEndlessTasks(_ runs: [PlannedRun], _ estimate: Estimate, cores: Int, seconds: Double) throws {
      let ends = runs.compactMap { run in
        estimate.seconds([(run: run, done: run.steps - 1)], jobs: cores, cores: cores).map { (run: run, seconds: $0) }
      }
      guard let slowest = ends.max(by: { $0.seconds < $1.seconds }), slowest.seconds > seconds else { return }
      throw UserError(
        "a task of \(Wording.duration(time.seconds)) can't get on: the last step of the model of "
          + "\(Wording.count(Double(slowest.run.parameters))) parameters, with its evaluation and samples, takes about "
          + "\(Wording.duration(slowest.seconds)). Give a longer --time.")
    }

    /// The job that brings the shards' databases together.
    private func merge(_ sweep: ClusterSweep, _ cut: ClusterPlan) -> Job {
      let path = sweep.mergeScript(tasks: cut.tasks)
      let folder = sweep.database.shardsFolder.relativePath
      let limit = min(time.seconds, 3600)
      // A process that was killed on another machine counts as gone after a minute.
      let command =
        ShellWords.quoted(words("merge", ["--wait", "\(Int(min(120, limit / 2)))"], sweep.database))
        + " \(ShellWords.quoted([folder]))/*-of-\(cut.tasks).sqlite"
      let script = BatchScript(
        remarks: ["\(path): merges the databases of the tasks."],
        // Where somebody's options ask for more, the merge doesn't.
        options: (sbatch.isEmpty ? [] : [sbatch]) + options(sweep.mergeName, log: sweep.mergeLog(tasks: cut.tasks)) + [
          ["--nodes=1"], ["--ntasks=1"], ["--cpus-per-task=1"], ["--time=\(Int(limit / 60))"],
        ] + (SbatchOptions.askForMemoryOfCores(sbatch) ? [] : [["--mem=1000M"]]),
        body: "exec \(command)\n")
      return Job(path: path, script: script, story: "")
    }

    /// The options of both jobs.
    private func options(_ name: String, log: String) -> [[String]] {
      [
        ["--job-name=\(name)"], ["--chdir=\(FileManager.default.currentDirectoryPath)"], ["--output=\(log)"],
        ["--open-mode=append"], ["--requeue"],
      ] + (chosenPartition.map { [["--partition=\($0)"]] } ?? [])
    }

    /// A command of this program as the nodes start it.
    private func words(_ command: String, _ arguments: [String], _ database: DatabaseOptions) -> [String] {
      [program ?? Bundle.main.executablePath ?? "sweep", command] + arguments + database.words
    }

    /// Mebibytes for so many runs side by side, the largest of them, with the program and some room.
    private static func memory(of runs: [PlannedRun], side: Int, texts: Double) -> Int {
      let bytes = runs.map(\.memory).sorted(by: >).prefix(side).reduce(texts, +)
      return Int((1.25 * bytes / 1_048_576).rounded(.up)) + 400
    }

    /// Submits the array, if there is one, and the merge behind all tasks, or shows them; says what it did.
    ///
    /// - Parameters:
    ///   - arrays: The arrays of the sweep that are in the queue by now.
    ///   - others: Jobs of other sweeps that have the same shards' databases.
    private func submit(
      _ array: Job?, _ sweep: ClusterSweep, _ cut: ClusterPlan, after arrays: Set<String>,
      behind others: Set<String> = []
    ) throws {
      let console = Console.standard
      let merge = merge(sweep, cut)
      let jobs = [array, merge].compactMap(\.self)
      for word in jobs.flatMap(\.script.options).joined() {
        if let complaint = BatchScript.complaint(about: word) { throw UserError(complaint) }
      }
      guard !dryRun else {
        console.text(jobs.map(\.script.text).joined(separator: "\n"))
        return
      }
      let isNew = array.map { !FileManager.default.fileExists(atPath: $0.path) } ?? false
      for job in jobs { try Self.write(job) }
      var arrays = arrays
      if let array {
        let number: String
        do {
          number = try Slurm.submit(array.path, Self.dependency(others))
        } catch {
          // The next try isn't to be bound to a number of tasks that Slurm refuses. sbatch may have been cut off from an array that is there.
          if isNew, let queue = try? queue(of: sweep), !queue.contains(where: { $0.name == sweep.name }) {
            for job in jobs { unlink(job.path) }
          }
          throw error
        }
        arrays.insert(number)
        console.data("Submitted job \(number): \(array.story).")
        if !others.isEmpty {
          console.note(
            "It begins when another sweep's jobs (\(others.sorted().joined(separator: ", "))) are over, which have the same shards' databases; "
              + "with another --tasks both go side by side.")
        }
      }
      do {
        // After all tasks, whether or not they have failed.
        let number = try Slurm.submit(merge.path, Self.dependency(arrays))
        console.data("Submitted job \(number): the merge\(arrays.isEmpty ? "" : ", when all tasks are over").")
      } catch {
        throw UserError(
          "\(error) The merge isn't in the queue; when all tasks are over, start it with `\(ShellWords.quoted(["sbatch", merge.path]))`."
        )
      }
      console.data("Scripts and logs: \(ClusterSweep.folder(of: sweep.database).relativePath)")
      console.data("\nNext: \(ShellWords.command("sweep", ["status"] + sweep.database.words))")
    }

    /// The option of a job that follows others, however they end.
    private static func dependency(_ jobs: Set<String>) -> [String] {
      jobs.isEmpty ? [] : ["--dependency=afterany:\(jobs.sorted().joined(separator: ":"))"]
    }

    private static func write(_ job: Job) throws {
      let file = URL(fileURLWithPath: job.path)
      do {
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(job.script.text.utf8).write(to: file, options: .atomic)
      } catch {
        throw UserError("\(job.path): can't be written (\(Wording.reason(of: error))).")
      }
    }
  }
}
