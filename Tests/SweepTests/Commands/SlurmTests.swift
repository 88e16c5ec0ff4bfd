import Foundation
import Testing

/// `sweep slurm` with programs in Slurm's place that keep what they are asked; `make test-slurm` has the real ones.
@Suite(.timeLimit(.minutes(10)))
struct SlurmTests {
  private let place: Workplace
  private let path: String
  private static let spec =
    #"{"d_model": 8, "heads": 2, "layers": 1, "context_length": 8, "batch_size": 1, "eval_tokens": 64, "sample_tokens": 8, "steps": 4, "seeds": 6}"#
  private static let usual = ["slurm", "s.json", "--nodes", "2", "--time", "1:00:00", "--tasks", "3", "--cores", "2"]

  init() throws {
    place = try Workplace()
    try place.write(Self.spec, to: "s.json")
    // sbatch numbers its jobs and keeps its words and the script; squeue says what the file says.
    try place.write(
      """
      #!/bin/sh
      number=$(($(cat number 2>/dev/null || echo 100) + 1))
      echo $number > number
      for word; do echo "$word"; script=$word; done > asked-$number
      cp "$script" script-$number
      echo "$number;cluster"
      """, to: "bin/sbatch")
    try place.write("#!/bin/sh\necho \"$@\" > asked-squeue\ncat queue 2>/dev/null\nexit 0\n", to: "bin/squeue")
    try place.write("#!/bin/sh\necho 'other|other|64'\necho 'main|main*|4'\necho 'main|main*|2'\n", to: "bin/sinfo")
    try place.write("#!/bin/sh\necho \"$@\" >> requeued\n", to: "bin/scontrol")
    for name in ["sbatch", "squeue", "sinfo", "scontrol"] {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: place.path("bin/\(name)").path)
    }
    path = "\(place.path("bin").path):/usr/bin:/bin"
  }

  private func slurm(_ arguments: [String] = usual) throws -> Workplace.Outcome {
    try place.run("sweep", arguments, searchPath: path)
  }

  /// The options of a script.
  private func options(_ script: String) throws -> [String] {
    try place.read(script).split(separator: "\n").filter { $0.hasPrefix("#SBATCH ") }.map { String($0.dropFirst(8)) }
  }

  /// Starts a script as Slurm does: with no signal blocked, unlike in the threads of tests.
  private func start(_ script: String, task: Int = 0, shell: String = "sh") throws -> RunningProgram {
    var (none, former) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &former)
    defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
    let variables = "SLURM_ARRAY_TASK_ID=\(task) SLURM_JOB_ID=77"
    return try place.start("/bin/sh", ["-c", "export \(variables); exec \(shell) \(script)"], searchPath: path)
  }

  @Test("A sweep becomes an array and a merge behind it; what is in the queue or done isn't submitted again")
  func whole() throws {
    let submitted = try slurm()
    #expect(submitted.status == 0, "\(submitted)")
    #expect(submitted.errors == "")
    #expect(submitted.output.hasPrefix("Submitted job 101: 6 runs in 3 tasks of 2 cores and 4"), "\(submitted)")
    #expect(submitted.output.contains("\nSubmitted job 102: the merge, when all tasks are over.\n"))
    let options = try options("script-101")
    let name = try #require(options.first { $0.hasPrefix("--job-name=") }?.dropFirst(11))
    #expect(name.hasPrefix("s-"))
    for option in [
      "--array=1-3%2", "--nodes=1", "--ntasks=1", "--cpus-per-task=2", "--time=1:00:00", "--signal=B:USR1@120",
      "--requeue", "--open-mode=append", "--output=\(place.path("results/slurm").path)/\(name)-of-3-%a.log",
    ] { #expect(options.contains(option), "\(options)") }
    #expect(try place.read("asked-101") == "--parsable\nresults/slurm/\(name)-of-3.sh\n")
    #expect(
      try place.read("asked-102")
        == "--parsable\n--dependency=afterany:101\nresults/slurm/\(name)-of-3-merge.sh\n")

    // All are in the queue.
    let merge = "102|\(name)-merge|N/A|PENDING|(Dependency)\n"
    try place.write((1...3).map { "101|\(name)|\($0)|PENDING|(Priority)\n" }.joined() + merge, to: "queue")
    let again = try slurm()
    #expect(again.output == "No task is submitted: those of the 6 runs that are left are in the queue.\n", "\(again)")
    #expect(try place.read("asked-squeue").contains("--name=\(name),\(name)-merge "))
    let other = try slurm(Self.usual.map { $0 == "3" ? "2" : $0 })
    #expect(other.status == 65)
    #expect(other.errors.contains("this sweep is in the queue, cut into 3 tasks (job 101)"), "\(other)")

    // One is over, and one was killed before it began; the third waits.
    #expect(try start("script-101", task: 1).outcome().status == 0)
    try place.write("101|\(name)|3|PENDING|(Priority)\n" + merge, to: "queue")
    let rest = try slurm()
    #expect(rest.output.hasPrefix("Submitted job 103: 2 runs in 1 task of 2 cores"), "\(rest)")
    #expect(try self.options("script-103").contains("--array=2"))
    #expect(try place.read("asked-104").contains("--dependency=afterany:101:103\n"))
    let status = try place.run("sweep", ["status"], searchPath: path)
    #expect(status.output.hasSuffix("\n\n\(name): 1 pending (Priority); merge pending (Dependency)\n"), "\(status)")

    // All are over; the merge isn't.
    for task in 2...3 { #expect(try start("script-101", task: task).outcome().status == 0) }
    try place.write("", to: "queue")
    let last = try slurm()
    #expect(
      last.output.hasPrefix("No task is submitted: 6 runs of 6 are done.\nSubmitted job 105: the merge.\n"), "\(last)")
    #expect(try !place.read("asked-105").contains("dependency"))
    #expect(try start("script-105").outcome().status == 0)
    #expect(try place.query("SELECT count(*) FROM runs WHERE state = 'finished'") == ["6"])
    #expect(try slurm().output == "No task is submitted: 6 runs of 6 are done.\n")
    #expect(try place.read("number") == "105\n")
    #expect(!FileManager.default.fileExists(atPath: place.path("requeued").path))
  }

  // A cluster's /bin/sh may be either.
  @Test(
    "Before its time limit a task stores checkpoints and is requeued, and goes on; one that is cancelled isn't",
    arguments: ["sh", "bash --posix"])
  func limit(shell: String) throws {
    try place.write(
      Self.spec.replacing("\"steps\": 4", with: "\"checkpoint_seconds\": 0.02, \"steps\": 100000000"), to: "s.json")
    #expect(try slurm(Self.usual + ["seeds=1", "--tasks", "1"]).status == 0)
    func hasCheckpoint() -> Bool {
      let folder = place.path("results/shards/checkpoints/1-of-1.sqlite").path
      return !((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).isEmpty
    }
    var steps = 0
    for (signal, requeued) in [
      (SIGUSR1, "requeue 77\n"), (SIGTERM, "requeue 77\n"), (SIGUSR1, "requeue 77\nrequeue 77\n"),
    ] {
      let task = try start("script-101", task: 1, shell: shell)
      #expect(task.writes(steps == 0 ? "started" : "resumed"))
      while !hasCheckpoint(), !task.ends(within: 0.005) {}
      task.signal(signal)
      // The last thing that the shell does is to requeue.
      #expect(task.outcome().status == (signal == SIGUSR1 ? 0 : 143))
      #expect(try place.read("requeued") == requeued)
      let done = try place.query("SELECT steps_done FROM runs", database: "results/shards/1-of-1.sqlite")
      #expect(Int(done[0]) ?? 0 >= max(steps, 1))
      steps = Int(done[0]) ?? 0
    }
  }

  @Test(
    "Names, paths and options reach sbatch and the shell as they were written, and the number of tasks follows from the estimate"
  )
  func words() throws {
    let folder = "it's $(touch bad) #1"
    try place.write(Self.spec, to: "\(folder)/a b.json")
    let shown = try slurm([
      "slurm", "\(folder)/a b.json", "lr=[0.1,0.2]", "name=q'x", "--nodes", "4", "--time", "10", "--partition", "main",
      "--dry-run",
      "--database", "\(folder)/r.sqlite", "--", "--comment=my \"own\" \\ #1", "-A", "group",
    ])
    #expect(shown.status == 0, "\(shown)")
    #expect(!FileManager.default.fileExists(atPath: place.path(folder + "/slurm").path))
    #expect(!FileManager.default.fileExists(atPath: place.path("number").path))
    let lines = shown.output.split(separator: "\n")
    #expect(lines.contains(#"#SBATCH "--comment=my \"own\" \\ #1" -A group"#), "\(shown.output)")
    #expect(lines.contains("#SBATCH --partition=main"))
    // Four nodes of two cores each for twelve runs.
    #expect(lines.contains("#SBATCH --array=1-4") && lines.contains("#SBATCH --cpus-per-task=2"), "\(shown.output)")
    #expect(lines.contains("#SBATCH --time=10") && lines.contains("#SBATCH --signal=B:USR1@120"))
    let quoted = "'it'\\''s $(touch bad) #1"
    #expect(
      shown.output.contains(
        "/sweep run \(quoted)/a b.json' 'lr=[0.1,0.2]' 'name=q'\\''x' --database \(quoted)/r.sqlite' --shard \"$SLURM_ARRAY_TASK_ID/4\" &"
      ),
      "\(shown.output)")
    #expect(
      shown.output.contains(
        "/sweep merge --wait 120 --database \(quoted)/r.sqlite' \(quoted)/shards'/*-of-4.sqlite\n"), "\(shown.output)")
    try place.write(
      String(shown.output.prefix(upTo: shown.output.ranges(of: "#!/bin/sh")[1].lowerBound)), to: "script-101")
    let task = try start("script-101", task: 1).outcome()
    #expect(task.status == 0, "\(task)")
    #expect(FileManager.default.fileExists(atPath: place.path("\(folder)/shards/1-of-4.sqlite").path))
    #expect(!FileManager.default.fileExists(atPath: place.path("bad").path))
  }

  @Test("In a job of Slurm a sweep takes the cores and the memory that its task was given")
  func given() throws {
    func sweep(_ variables: String, _ arguments: String) throws -> Workplace.Outcome {
      try place.run("/bin/sh", ["-c", "export \(variables); exec \(Workplace.programs.path)/sweep \(arguments)"])
    }
    #expect(try sweep("SLURM_CPUS_PER_TASK=1", "plan s.json").output.contains(" on 1 core, "))
    let few = try sweep("SLURM_MEM_PER_NODE=1", "s.json seeds=1 --database few/r.sqlite")
    #expect(few.status == 1)
    #expect(few.errors.contains("of memory, but there are 0 B"), "\(few)")
    #expect(try sweep("SLURM_MEM_PER_NODE=4000", "s.json seeds=1 --database few/r.sqlite --retry-failed").status == 0)
  }

  @Test("A number of tasks that Slurm refuses isn't kept")
  func refusedTasks() throws {
    let sbatch = try place.read("bin/sbatch")
    try place.write("#!/bin/sh\necho 'sbatch: error: Invalid job array specification' >&2\nexit 1\n", to: "bin/sbatch")
    #expect(try slurm(Self.usual + ["--tasks", "6"]).status == 65)
    try place.write(sbatch, to: "bin/sbatch")
    let again = try slurm(["slurm", "s.json", "--nodes", "2", "--time", "60", "--cores", "2"])
    #expect(again.output.hasPrefix("Submitted job 101: 6 runs in 2 tasks "), "\(again)")
  }

  @Test("A sweep that only waits has a status, and one that is submitted at the same time submits nothing")
  func waiting() throws {
    let shown = try slurm(Self.usual + ["--dry-run"]).output
    let name = try #require(shown.firstMatch(of: #/--job-name=(\S+)/#)?.1)
    let scripts = place.path("results/slurm")
    try FileManager.default.createDirectory(at: scripts, withIntermediateDirectories: true)
    let lock = open(scripts.path, O_RDONLY | O_CLOEXEC)
    #expect(flock(lock, LOCK_EX) == 0)
    let other = try place.start("sweep", Self.usual, searchPath: path)
    #expect(!other.ends(within: 0.5))
    try place.write((1...3).map { "101|\(name)|\($0)|PENDING|(Priority)\n" }.joined(), to: "queue")
    close(lock)
    let outcome = other.outcome()
    #expect(
      outcome.output.hasPrefix("No task is submitted: those of the 6 runs that are left are in the queue.\n"),
      "\(outcome)")
    // Whoever has submitted them.
    #expect(try !place.read("asked-squeue").contains("--me"))
    try place.write("", to: "results/slurm/\(name)-of-3.sh")
    let status = try place.run("sweep", ["status"], searchPath: path)
    #expect(status.output == "\(name): 3 pending (Priority)\n", "\(status)")
  }

  @Test(
    "Memory that is asked for takes the place of the estimate's, and a log's path is absolute, with no word of Slurm's but its own"
  )
  func optionsOfOthers() throws {
    let all = try slurm(Self.usual + ["--dry-run", "--database", "p%j/r.sqlite", "--", "--mem=8G"]).output
    #expect(all.contains("#SBATCH --mem=8G\n") && all.ranges(of: "#SBATCH --mem=").count == 3, "\(all)")
    #expect(all.contains("#SBATCH --output=\(place.path("p%%j/slurm").path)/s-"), "\(all)")
    let each = try slurm(Self.usual + ["--dry-run", "--", "--mem-per-cpu=2G"]).output
    #expect(!each.contains("--mem=") && each.ranges(of: "#SBATCH --mem-per-cpu=2G\n").count == 2, "\(each)")
    #expect(each.contains(": 6 runs in 3 tasks of 2 cores, about "), "\(each)")
  }

  @Test("A sweep whose shards' databases another one's tasks have by now begins after them")
  func rivals() throws {
    #expect(try slurm(Self.usual + ["lr=0.5"]).status == 0)
    let script = try FileManager.default.contentsOfDirectory(atPath: place.path("results/slurm").path)
      .first { $0.hasSuffix("-of-3.sh") }
    let name = try #require(script).dropLast(8)
    try place.write(
      "101|\(name)|1|RUNNING|node1\n102|\(name)-merge|N/A|PENDING|(Dependency)\n", to: "queue")
    let same = try slurm()
    #expect(same.status == 0, "\(same)")
    #expect(same.errors.hasPrefix("It begins when another sweep's jobs (101, 102) are over"), "\(same)")
    #expect(try place.read("asked-103").hasPrefix("--parsable\n--dependency=afterany:101:102\nresults/slurm/s-"))
    #expect(try place.read("asked-104").contains("--dependency=afterany:103\n"))
    // Another number of tasks has other databases.
    let elsewhere = try slurm(Self.usual + ["seeds=2", "--tasks", "2"])
    #expect(elsewhere.status == 0 && elsewhere.errors == "", "\(elsewhere)")
    #expect(try !place.read("asked-105").contains("dependency"))
  }

  @Test("What can't be submitted says why, and what to do")
  func mistakes() throws {
    let none = try place.run("sweep", Self.usual, searchPath: "/nowhere")
    #expect(none.status == 65)
    #expect(none.errors.hasPrefix("sweep: this machine has no Slurm: sbatch is in no folder of PATH."), "\(none)")
    // The scripts can be seen all the same.
    #expect(try place.run("sweep", Self.usual + ["--dry-run"], searchPath: "/nowhere").output.hasPrefix("#!/bin/sh\n"))
    let wrapped = try slurm(Self.usual + ["--dry-run", "--program", "./in a container"])
    #expect(wrapped.output.contains("\n'./in a container' run s.json --shard "), "\(wrapped)")
    #expect(wrapped.output.contains("\nexec './in a container' merge --wait 120 "), "\(wrapped)")
    func errors(_ arguments: [String]) throws -> String {
      let outcome = try slurm(arguments)
      #expect(outcome.status == 64, "\(outcome)")
      return outcome.errors
    }
    #expect(try errors(["slurm", "s.json", "--nodes", "2"]).contains("Missing expected argument '--time <limit>'"))
    #expect(try errors(["slurm", "s.json", "--nodes", "2", "--time", "4h"]).contains("such as 4:00:00"))
    #expect(try errors(["slurm", "--nodes", "2", "--time", "4", "--", "--mem=1"]).contains("Name at least one spec"))
    #expect(try errors(["slurm", "-", "--nodes", "2", "--time", "4"]).contains("write the spec to a file"))
    #expect(try errors(Self.usual + ["--", "--comment=a\nb"]).contains("has a control character"))
    #expect(try errors(Self.usual + ["--", "mail"]).contains("is no option of sbatch"))
    let lines = try slurm(Self.usual + ["--dry-run", "--database", "a\nb/r.sqlite"])
    #expect(lines.status == 65 && lines.output == "" && lines.errors.contains("has a control character"), "\(lines)")
    let backslash = try slurm(Self.usual + ["--dry-run", "--database", "a\\b/r.sqlite"])
    #expect(backslash.status == 65 && backslash.errors.contains("a folder's name has a backslash"), "\(backslash)")
    try place.write("#!/bin/sh\necho 'sbatch: error: Invalid account' >&2\nexit 1\n", to: "bin/sbatch")
    let refused = try slurm()
    #expect(refused.status == 65)
    #expect(refused.errors == "sweep: sbatch: error: Invalid account\n")
    #expect(refused.output == "")
  }
}
