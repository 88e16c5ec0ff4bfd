import Foundation
import Model
import Store
import Testing

@testable import Experiments

@Suite("A sweep, with trainings that follow a script", .timeLimit(.minutes(10)))
struct SweepSessionTests {
  @Test("The training loss of a run is the mean over the last tenth of its steps", arguments: [(20, 19.5), (9, 9)])
  func lastTenth(steps: Int, expected: Double) throws {
    let sweep = try ScriptedSweep()
    try sweep.run(
      ScriptedSweep.spec("\"steps\": \(steps), \"divergence_loss\": 100"), .init(loss: { Double($0) }))
    #expect(try sweep.runs().map(\.outcome.trainLoss) == [expected])
  }

  @Test("A loss above the threshold is a divergence: three times a uniform guess, at least 5, or the spec's own")
  func divergence() throws {
    let sweep = try ScriptedSweep()
    let script = ScriptedTraining.Script(loss: { Double($0) })
    #expect(try sweep.run(ScriptedSweep.spec("\"steps\": 20"), script) == [.diverged: 1])
    // 56 characters: 3 · ln 56 = 12.08.
    #expect(try sweep.runs()[0].outcome.stateReason == "the loss exploded to 13.00 nats at step 13")
    #expect(try sweep.run(ScriptedSweep.spec("\"steps\": 20, \"divergence_loss\": 3.5"), script) == [.diverged: 1])
    #expect(try sweep.runs()[1].outcome.stateReason == "the loss exploded to 4.00 nats at step 4")
    #expect(try sweep.run(ScriptedSweep.spec("\"steps\": 20, \"divergence_loss\": 20"), script) == [.finished: 1])
    #expect(try sweep.runs().map(\.stepsDone) == [13, 4, 20])
  }

  @Test("A loss or a gradient that isn't finite, and a held-out loss that isn't, are divergences")
  func notFinite() throws {
    let scripts: [(ScriptedTraining.Script, String)] = [
      (.init(loss: { $0 == 3 ? .nan : 1 }), "the loss isn't finite at step 3"),
      (.init(gradientNorm: { $0 == 4 ? .infinity : 1 }), "the gradient isn't finite at step 4"),
      (.init(evaluation: { $0 == 5 ? .nan : 1 }), "the validation loss isn't finite at step 5"),
    ]
    for (script, reason) in scripts {
      let sweep = try ScriptedSweep()
      #expect(try sweep.run(ScriptedSweep.spec("\"steps\": 9, \"eval_every\": 5"), script) == [.diverged: 1])
      #expect(try sweep.runs()[0].outcome.stateReason == reason)
    }
  }

  @Test("A run's row says what was evaluated, how exactly, and the processor time")
  func measured() throws {
    let sweep = try ScriptedSweep()
    try sweep.run(ScriptedSweep.spec("\"steps\": 4, \"eval_every\": 2, \"tokenizer\": \"word\", \"vocab_size\": 20"))
    let run = try sweep.runs()[0]
    #expect(run.outcome.finalStandardError == 0.125)
    #expect(run.facts.evaluatedTokens == 8)
    #expect(run.facts.heldOutSHA256?.count == 64)
    let (unknown, bytes) = (try #require(run.facts.unknownTokens), try #require(run.facts.evaluatedBytes))
    #expect((1...8).contains(unknown) && (9...99).contains(bytes))
    // Bits per byte are more than those of the loss, which leaves the spelling out.
    let bits = try #require(run.outcome.finalLoss) * 8 / 0.6931471805599453 / Double(bytes)
    #expect(try #require(run.outcome.finalBitsPerByte) > bits + 1)
    // The script's helpers take a second for each step.
    let seconds = try sweep.steps(of: 1).map { try #require($0.cpuSeconds) }
    #expect(zip(seconds, 1...4).allSatisfy { $0 >= Double($1) && $0 < Double($1) + 1 })
    #expect(try #require(run.outcome.cpuSeconds) >= 4)
  }

  @Test(
    "A sweep that trains says where what is held out differs from the rest, and one that has nothing to train doesn't")
  func warning() throws {
    let sweep = try ScriptedSweep()
    let text = String(repeating: "abc def ghi.\n", count: 300) + String(repeating: "uvw xyz.\n", count: 60)
    try sweep.folder.write(text, to: "text.txt")
    let spec = ScriptedSweep.spec(#""steps": 2, "corpus": "text.txt""#)
    for count in [1, 0] {
      let notes = Notes()
      try sweep.run(spec, notes: notes)
      let warnings = notes.lines.filter { $0.contains(" differs from the rest: ") }
      #expect(warnings.count == count)
      #expect(warnings.allSatisfy { $0.contains("Write \"split\": \"lines\" or \"documents\", or name ") })
    }
    for members in [
      #""corpus": "text.txt", "split": "lines""#, #""corpus": "text.txt", "validation": "stories""#, #""lr": 1"#,
    ] {
      let notes = Notes()
      try sweep.run(ScriptedSweep.spec("\"steps\": 2, " + members), notes: notes)
      #expect(!notes.lines.contains { $0.contains("differs") }, "\(members)")
    }
    // Every second line is of one kind.
    let alternating = String(repeating: "abc def ghi.\nuvw xyz.\n", count: 300)
    try sweep.folder.write(alternating, to: "two.txt")
    let notes = Notes()
    try sweep.run(ScriptedSweep.spec(#""steps": 2, "corpus": "two.txt", "split": "lines""#), notes: notes)
    #expect(notes.lines.contains { $0.contains("write another \"validation_fraction\", such as 0.0909.") })
  }

  @Test("The longest run begins first")
  func order() throws {
    let sweep = try ScriptedSweep()
    try sweep.run(ScriptedSweep.spec("\"steps\": [3, 9, 6]"))
    #expect(sweep.notes.lines.filter { $0.contains("from") }.map { $0.prefix(5) } == ["run 2", "run 3", "run 1"])
  }

  @Test("Samples of finished runs are drawn until the sweep is asked to stop")
  func lateSamples() throws {
    let sweep = try ScriptedSweep()
    func spec(_ temperature: Double) -> String {
      ScriptedSweep.spec(#""steps": 2, "lr": [0.1, 0.2, 0.3], "prompts": ["The"], "temperature": \#(temperature)"#)
    }
    try sweep.run(spec(1))
    let (all, some, stop) = (Notes(), StopSignal(), StopSignal())
    try sweep.run(spec(0), stop: some, notes: all)
    let stopping = Notes(onNote: { stop.set() })
    #expect(try sweep.run(spec(0), stop: stop, notes: stopping) == [.finished: 3])
    // No weights belong to a scripted training, and each run's are missed.
    #expect(
      all.lines.map { $0.firstMatch(of: /samples of run [0-9]/).map { String($0.0) } }
        == ["samples of run 1", "samples of run 2", "samples of run 3"])
    #expect(stopping.lines == Array(all.lines.prefix(1)))
  }

  @Test("A database that is removed or replaced while a sweep uses it ends the sweep with an error, not with a result")
  func removedDatabase() throws {
    for replaces in [false, true] {
      let sweep = try ScriptedSweep()
      let path = sweep.folder.path("results.sqlite")
      let script = ScriptedTraining.Script(beforeStep: { step in
        guard step == 2 else { return }
        unlink(path)
        if replaces { FileManager.default.createFile(atPath: path, contents: nil) }
      })
      #expect(throws: ResultsDatabaseError.moved(path: path)) {
        try sweep.run(ScriptedSweep.spec("\"steps\": 4"), script)
      }
    }
  }

  @Test(
    "A results folder that is moved while a sweep uses it is told as such, not as a checkpoint that can't be written")
  func movedFolder() throws {
    let folder = try SpecFolder()
    let spec = try folder.write(
      #"{"steps": 100, "checkpoint_seconds": 0.000001, "d_model": 8, "heads": 2, "layers": 1, "context_length": 8, "batch_size": 1, "eval_tokens": 64}"#,
      to: "s.json")
    let path = folder.path("results/results.sqlite")
    let database = try ResultsDatabase(path: path)
    let script = ScriptedTraining.Script(beforeStep: { step in
      if step == 2 { rename(folder.path("results"), folder.path("moved")) }
    })
    let memory = MemoryBudget(total: .infinity, available: .infinity)
    #expect(throws: ResultsDatabaseError.moved(path: path)) {
      try SweepSession(
        Plan(specs: [spec]), database: database, files: ResultFiles(database: path),
        options: .init(jobs: 1, memory: memory), training: { _ in ScriptedTraining(script) }, stop: StopSignal(),
        observer: Notes()
      ).run()
    }
  }

  @Test("A spec that takes another file's experiment says so; an edit of the same file doesn't")
  func sameName() throws {
    let sweep = try ScriptedSweep()
    try sweep.run(ScriptedSweep.spec(#""name": "s", "steps": 2"#))
    try sweep.run(ScriptedSweep.spec(#""name": "s", "steps": 3"#))
    #expect(!sweep.notes.lines.contains { $0.contains("takes the place") })
    let other = try sweep.folder.write(ScriptedSweep.spec(#""name": "s", "steps": 4"#), to: "other.json")
    let database = try ResultsDatabase(path: sweep.folder.path("results.sqlite"))
    let memory = MemoryBudget(total: .infinity, available: .infinity)
    _ = try SweepSession(
      Plan(specs: [other]), database: database, files: sweep.files, options: .init(jobs: 1, memory: memory),
      training: { _ in ScriptedTraining(.init()) }, stop: StopSignal(), observer: sweep.notes
    ).run()
    let note = sweep.notes.lines.first { $0.contains("takes the place") }
    #expect(
      note?.hasPrefix("\(other): takes the place of the experiment \"s\" that came from ") == true, "\(note ?? "")")
  }

  @Test("A heartbeat tells that the database is gone")
  func heartbeat() throws {
    let folder = try SpecFolder()
    let path = folder.path("results.sqlite")
    let database = try ResultsDatabase(path: path)
    unlink(path)
    let told = DispatchSemaphore(value: 0)
    let heartbeat = Heartbeat(.here, in: database, every: 0.001) { error in
      #expect(error as? ResultsDatabaseError == .moved(path: path))
      told.signal()
    }
    #expect(told.wait(timeout: .now() + 60) == .success)
    withExtendedLifetime(heartbeat) {}
  }

  @Test("A run that was asked to stop goes on from its checkpoint, and no step is made twice")
  func interrupted() throws {
    let sweep = try ScriptedSweep()
    let stop = StopSignal()
    let spec = ScriptedSweep.spec("\"steps\": 9, \"eval_every\": 4")
    #expect(try sweep.run(spec, .init(beforeStep: { if $0 == 5 { stop.set() } }), stop: stop) == [.interrupted: 1])
    #expect(try sweep.runs().map(\.outcome.stateReason) == ["stopped after step 5"])
    let made = Locked<[Int]>([])
    let counts = try sweep.run(spec, .init(beforeStep: { step in made.withLock { $0.append(step) } }))
    #expect(counts == [.finished: 1])
    #expect(made.withLock { $0 } == [6, 7, 8, 9])
    #expect(try sweep.steps(of: 1).map(\.step) == Array(1...9))
    #expect(sweep.notes.lines.contains("run 1 from step 5"))
    let left = try FileManager.default.contentsOfDirectory(atPath: sweep.files.checkpoints.url.path)
    #expect(left == [])
  }

  /// Lets a run go on only to its next evaluation, and takes the runs by turns.
  struct TakingTurns: Policy {
    private var waiting: [Job] = []
    var count: Int { waiting.count }
    mutating func add(_ job: Job) { waiting.append(job) }
    mutating func next(where fits: (Job) -> Bool) -> Job? {
      waiting.firstIndex(where: fits).map { waiting.remove(at: $0) }
    }
    func verdict(on job: Job, after evaluation: Evaluation) -> Verdict {
      .pause(reason: "its turn is over after step \(evaluation.step)")
    }
  }

  @Test("A policy may pause runs: each goes on from its checkpoint when its turn comes, to the same measurements")
  func pausing() throws {
    let (sweep, reference) = (try ScriptedSweep(), try ScriptedSweep())
    let spec = ScriptedSweep.spec("\"steps\": 6, \"eval_every\": 2, \"seeds\": 2")
    #expect(try sweep.run(spec, policy: TakingTurns()) == [.finished: 2])
    try reference.run(spec)
    let turns = sweep.notes.lines.filter { $0.contains("from") }
    #expect(turns == (0..<3).flatMap { turn in [1, 2].map { "run \($0) from step \(2 * turn)" } })
    for run in [1, 2] as [Int64] {
      #expect(try sweep.steps(of: run).map(\.loss) == reference.steps(of: run).map(\.loss))
    }
  }

  /// Stops a run whose held-out loss is above that of the runs before it at the same step.
  struct BelowTheBest: Policy {
    private var order = LongestFirst()
    private var best: [Int: Double] = [:]
    var count: Int { order.count }
    mutating func add(_ job: Job) { order.add(job) }
    mutating func next(where fits: (Job) -> Bool) -> Job? { order.next(where: fits) }
    mutating func verdict(on job: Job, after evaluation: Evaluation) -> Verdict {
      let loss = evaluation.loss ?? .infinity
      let former = best[evaluation.step] ?? loss
      best[evaluation.step] = min(loss, former)
      return loss > former ? .stop(reason: "above \(former) after step \(evaluation.step)") : .goOn
    }
  }

  @Test("A policy may stop runs: they are over with what they have reached, and are never trained again")
  func stopping() throws {
    let sweep = try ScriptedSweep()
    let spec = ScriptedSweep.spec("\"steps\": 6, \"eval_every\": 2, \"seeds\": 3")
    let evaluations = Locked(0)
    // The second run is worse from its second evaluation on.
    let script = ScriptedTraining.Script(evaluation: { step in
      let place = evaluations.withLock { count in
        if step == 2 { count += 1 }
        return count
      }
      return place == 2 && step > 2 ? 5 : 4 - 0.1 * Double(step)
    })
    #expect(try sweep.run(spec, script, policy: BelowTheBest()) == [.finished: 2, .stopped: 1])
    let stopped = try sweep.runs()[1]
    #expect(stopped.outcome.stateReason == "above 3.6 after step 4")
    #expect(stopped.stepsDone == 4)
    #expect(stopped.outcome.bestLoss == 3.8 && stopped.outcome.finalLoss == nil && stopped.outcome.weights == nil)
    #expect(try sweep.run(spec, script) == [.finished: 2, .stopped: 1])
    #expect(try sweep.steps(of: 2).count == 4)
  }

  @Test("Editing what is only looked at trains nothing again")
  func watching() throws {
    let sweep = try ScriptedSweep()
    try sweep.run(ScriptedSweep.spec("\"steps\": 6"))
    let trained = Locked(0)
    let script = ScriptedTraining.Script(beforeStep: { _ in trained.withLock { $0 += 1 } })
    for edit in ["eval_every\": 2", "sample_every\": 3", "prompts\": []", "sample_tokens\": 3", "temperature\": 0"] {
      #expect(try sweep.run(ScriptedSweep.spec("\"steps\": 6, \"\(edit)"), script) == [.finished: 1], "\(edit)")
    }
    #expect(trained.withLock { $0 } == 0)
    #expect(try sweep.run(ScriptedSweep.spec("\"steps\": 7"), script) == [.finished: 1])
    #expect(trained.withLock { $0 } == 7)
  }
}
