import Foundation
import Model
import Testing

@testable import Experiments
@testable import Sweep

/// What a sweep does when there isn't enough of something, or when runs fail.
@Suite(.timeLimit(.minutes(10)))
struct LimitTests {
  @Test("A run that can't fit fails by itself, stays failed, and is tried again when asked for")
  func memory() throws {
    let place = try Workplace()
    try place.write("{\"steps\": 2, \"d_model\": [8, 256], \"eval_tokens\": 64}", to: "s.json")
    let outcome = try place.sweep("s.json", "--memory", "0.02")
    #expect(outcome.status == 1)
    #expect(outcome.summary == "2 runs: 1 finished, 1 failed\n")
    // The built-in text and its tokens take two of the twenty.
    #expect(try place.query("SELECT reason FROM failures").first?.contains(/but there are 1[78]\.[0-9] MB$/) == true)
    let again = try place.sweep("s.json")
    #expect(again.status == 1)
    #expect(again.errors == "1 run failed earlier; --retry-failed tries again.\n")
    #expect(try place.sweep("s.json", "--retry-failed").summary == "2 runs: 2 finished\n")
  }

  @Test("The memory of the texts counts: what is given to runs is less by it")
  func texts() throws {
    let place = try Workplace()
    try place.write(String(repeating: "The cat saw the cat.\n", count: 100_000), to: "text.txt")
    try place.write(
      #"{"steps": 2, "d_model": 8, "eval_tokens": 64, "corpus": "text.txt", "tokenizer": "byte"}"#, to: "s.json")
    let plan = try Plan(specs: [place.path("s.json").path])
    let run = try #require(plan.distinctRuns.first).memory
    #expect(plan.textMemory >= 4_200_000)
    let short = try place.sweep("s.json", "--memory", "\((0.9 * plan.textMemory + run) / 1e9)")
    #expect(short.summary == "1 run: 1 failed\n")
    let enough = try place.sweep("s.json", "--retry-failed", "--memory", "\((plan.textMemory + 1.01 * run) / 1e9)")
    #expect(enough.summary == "1 run: 1 finished\n")
  }

  /// Sanitizers need more addresses than these limits leave.
  private static let isSanitized = ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains {
    ProcessInfo.processInfo.environment[$0] != nil
  }

  @Test(
    "Under a limit of addresses what doesn't fit fails by itself, and nothing traps", .enabled(if: !isSanitized),
    arguments: [300_000, 400_000, 500_000, 700_000, 1_000_000])
  func addresses(kilobytes: Int) throws {
    let place = try Workplace()
    try place.write(
      #"{"steps": 2, "d_model": [8, 2048], "d_ff": 8192, "layers": 1, "heads": 2, "eval_tokens": 64, "seeds": 2}"#,
      to: "s.json")
    let sweep = "\(Workplace.programs.path)/sweep s.json --jobs 3"
    let outcome = try place.run("/bin/sh", ["-c", "ulimit -v \(kilobytes); exec \(sweep)"])
    #expect(outcome.status == 1, "\(outcome)")
    #expect(
      try place.query("SELECT count(*) FROM failures WHERE reason LIKE 'needs % of memory, %'").first.flatMap {
        Int($0)
      } ?? 0 >= 2)
    if kilobytes >= 700_000 { #expect(outcome.summary == "4 runs: 2 finished, 2 failed\n", "\(outcome)") }
  }

  @Test(
    "A process that may do nearly nothing ends with the limit's name, or does its work: never with a trap or a wait without end",
    .enabled(if: !isSanitized),
    arguments: [
      "ulimit -v 140000", "ulimit -v 165000", "ulimit -v 220000", "ulimit -v 275000", "ulimit -d 30000",
      "ulimit -d 60000", "ulimit -n 16", "ulimit -n 128",
    ])
  func nearlyNothing(limit: String) throws {
    let place = try Workplace()
    try place.write(
      #"{"steps": 2, "d_model": 8, "layers": 1, "heads": 2, "eval_tokens": 64, "seeds": 2}"#, to: "s.json")
    for program in ["sweep s.json", "report"] {
      let outcome = try place.run(
        "/bin/sh", ["-c", "\(limit); exec timeout -s KILL 60 \(Workplace.programs.path)/\(program)"])
      let isRefused = outcome.errors.contains("`ulimit ")
      #expect(
        outcome.status == 0 || outcome.summary == "2 runs: 2 failed\n" || isRefused || program == "report", "\(outcome)"
      )
      #expect([0, 1, 66].contains(outcome.status), "\(limit), \(program): \(outcome)")
    }
  }

  @Test("A limit of threads is told where none is left, and makes fewer jobs where some are", arguments: [3, 12])
  func threads(limit: Int) throws {
    let place = try Workplace()
    try place.write(
      #"{"steps": 2, "d_model": 8, "layers": 1, "heads": 2, "eval_tokens": 64, "seeds": 9}"#, to: "s.json")
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: place.folder.path)
    // A user of whom nothing else runs, since the limit counts all of a user's threads.
    guard geteuid() == 0 else { return }
    let user = "setpriv --reuid 61234 --regid 61234 --clear-groups"
    let outcome = try place.run(
      "/bin/sh",
      [
        "-c",
        "exec timeout -s KILL 60 \(user) prlimit --nproc=\(limit) \(Workplace.programs.path)/sweep s.json --jobs 9",
      ])
    #expect(outcome.status == (limit == 3 ? 1 : 0), "\(outcome)")
    #expect(outcome.errors.contains(limit == 3 ? "more threads, and it needs" : "The system gives "), "\(outcome)")
  }

  @Test("Runs that don't fit together go one after the other, and a line says why")
  func sideBySide() throws {
    let place = try Workplace()
    try place.write("{\"steps\": 60, \"seeds\": 3, \"eval_tokens\": 64}", to: "s.json")
    let memory = try #require(try Plan(specs: [place.path("s.json").path]).distinctRuns.first).memory
    let outcome = try place.sweep("s.json", "--jobs", "3", "--memory", "\(1.9 * memory / 1e9)")
    #expect(outcome.status == 0)
    let notes = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("Fewer runs go side by side: run ") }
    #expect(notes.count == 1)
    #expect(
      notes.first?.contains(/needs [0-9.]+ MB of memory; of [0-9.]+ MB, [0-9.]+ MB are taken\.$/) == true, "\(notes)")
    let kinds = SweepEvent.all(in: outcome.errors).map(\.kind)
    #expect(kinds == ["started", "finished", "started", "finished", "started", "finished"])
  }

  @Test("With --fail-fast the first run that fails is the last one that begins")
  func failFast() throws {
    let place = try Workplace()
    try place.write("{\"steps\": 2, \"d_model\": [8, 16, 256], \"eval_tokens\": 64}", to: "s.json")
    // The largest begins first, and doesn't fit.
    let stopped = try place.sweep("s.json", "--memory", "0.02", "-j1", "--fail-fast")
    #expect(stopped.status == 1)
    #expect(stopped.summary == "3 runs: 2 queued, 1 failed\n")
    let whole = try place.sweep("s.json", "--memory", "0.02", "--jobs", "1")
    #expect(whole.status == 1)
    #expect(whole.summary == "3 runs: 2 finished, 1 failed\n")
  }

  @Test(
    "A weight file whose context doesn't fit this machine's memory is refused with the figures, and takes none of it")
  func hugeContext() throws {
    let place = try Workplace()
    try place.write("The cat saw the cat.\n", to: "text.txt")
    try place.write("{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64}", to: "s.json")
    try place.sweep("s.json")
    let tokenizer = Tokenizer(kind: .byte, fittedTo: [])
    var random = RandomStream(seed: 1, name: "initialization")
    let architecture = Architecture(
      vocabularySize: tokenizer.size, contextLength: 1_000_000, dModel: 1, heads: 1, layers: 1, dFF: 1)
    let weights = try place.weights(ofRun: 1)
    try WeightFile(model: Transformer(architecture: architecture, random: &random), tokenizer: tokenizer).write(
      to: place.path(weights))
    let words = "needs 4.00 TB of memory, but there are "
    let evaluated = try place.sweep("eval", weights, "--text", "text.txt")
    #expect(evaluated.status == 65)
    #expect(
      evaluated.errors.hasPrefix("sweep: \(weights): a context of 1000000 tokens \(words)"),
      "\(evaluated)")
    let sampled = try place.sweep("sample", "1", "--prompt", "The")
    #expect(sampled.status == 65)
    #expect(sampled.errors.contains(words), "\(sampled)")
  }

  @Test("A file where a folder is needed is told before anything is trained", arguments: ["weights", "checkpoints"])
  func fileInTheWay(name: String) throws {
    let place = try Workplace()
    try place.write("{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64}", to: "s.json")
    try place.write("", to: "results/\(name)")
    let refused = try place.sweep("s.json")
    #expect(refused.status == 65)
    #expect(
      refused.errors
        == "sweep: results/\(name): a file stands where a folder is needed. Move it away; the same command then goes on.\n"
    )
    try FileManager.default.removeItem(at: place.path("results/\(name)"))
    #expect(try place.sweep("s.json").summary == "1 run: 1 finished\n")
  }

  @Test("Data that can't be written to standard output ends every command with a message and code 74")
  func standardOutput() throws {
    let place = try Workplace()
    try place.write("{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64}", to: "s.json")
    try place.sweep("s.json")
    let commands = [
      "sweep s.json", "sweep plan s.json", "sweep status", "sweep sample 1", "sweep schema", "sweep --help", "report",
      "report --format csv", "report curves 1",
    ]
    for command in commands {
      for (target, reason) in [("> /dev/full", "No space left on device"), (">&-", "Bad file descriptor")] {
        let outcome = try place.run("/bin/sh", ["-c", "exec \(Workplace.programs.path)/\(command) \(target)"])
        #expect(outcome.status == 74, "\(command) \(target): \(outcome)")
        #expect(outcome.errors.hasSuffix(": standard output: not everything could be written (\(reason)).\n"))
      }
    }
    // Pages don't depend on what the terminal shows.
    #expect(FileManager.default.fileExists(atPath: place.path("results/s/report.html").path))
    // The reader has gone before anything is written.
    let gone = try place.run(
      "/bin/sh",
      [
        "-c",
        "mkfifo gone; { :; } < gone & { wait; \(Workplace.programs.path)/sweep schema; echo $? >&2; } > gone",
      ])
    #expect(gone.errors == "sweep: standard output: not everything could be written (its reader has gone).\n74\n")
  }

  @Test("What only reads needs no right to write: the folder of a finished sweep may be read-only")
  func readOnlyFolder() throws {
    let place = try Workplace()
    try place.write("{\"steps\": 2, \"d_model\": 8, \"eval_tokens\": 64}", to: "s.json")
    try place.sweep("s.json")
    let folder = place.path("results")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!files.contains { $0.hasSuffix("-wal") || $0.hasSuffix("-shm") }, "a sweep leaves the database as one file")
    for folder in [folder, place.folder] {
      try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
    }
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.folder.path) }
    for command in ["sweep status", "sweep plan s.json", "sweep sample 1 --tokens 3", "report --top 1"] {
      let outcome = try place.run("/bin/sh", ["-c", Workplace.unprivileged("\(Workplace.programs.path)/\(command)")])
      #expect(outcome.status == 0, "\(command): \(outcome)")
      #expect(outcome.errors == "")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == files.sorted())
  }
}
