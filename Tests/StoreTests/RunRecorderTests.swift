import Foundation
import GRDB
import Store
import Testing

@Suite(.timeLimit(.minutes(10)))
struct RunRecorderTests {
  let database: ResultsDatabase
  let recorder: RunRecorder
  let runs: [Run]
  let stored: Run.Reference
  let other: Run.Reference
  private var id: Int64 { stored.id }

  init() throws {
    database = try .inMemory()
    recorder = RunRecorder(database, for: worker())
    runs = try database.store(experiment(), [run(), run(seed: 1)])
    (stored, other) = (try #require(runs[0].reference), try #require(runs[1].reference))
  }

  private func step(_ number: Int, loss: Double = 1, gradNorm: Double = 2) -> Step {
    Step(
      step: number, loss: loss, lr: 0.1, gradNorm: gradNorm, tokens: 128 * number, seconds: Double(number) / 8,
      cpuSeconds: number == 2 ? nil : Double(number) / 4)
  }

  @Test("What is recorded comes back as it was, in order")
  func values() throws {
    let steps = (1...3).map { step($0, loss: 1 / Double($0)) }
    let evaluation = Evaluation(
      step: 2, loss: 0.1, bitsPerByte: 0.2, standardError: 0.01, tokens: 64, seconds: 0.5, cpuSeconds: 0.75)
    let sample = Sample(
      step: 3, promptIndex: 1, prompt: "a 'b'; --", text: "c\nd 🦊 \"e\"", temperature: 0.8, tokens: 20)
    try database.begin(stored)
    for step in steps { try recorder.record(step, of: stored) }
    try recorder.record(evaluation, of: stored)
    try recorder.record(sample, of: stored)
    try recorder.flush()
    #expect(try database.steps(of: id) == steps)
    #expect(try database.evaluations(of: id) == [evaluation])
    #expect(try database.samples(of: id) == [sample])
    #expect(try database.run(id)?.state == .running)
    #expect(try database.steps(of: other.id).isEmpty)
  }

  @Test("Numbers that aren't finite are NULL")
  func notFinite() throws {
    try database.begin(stored)
    try recorder.record(step(1, loss: .nan, gradNorm: .infinity), of: stored)
    let evaluation = Evaluation(
      step: 1, loss: -.infinity, bitsPerByte: .nan, standardError: .nan, tokens: 1, seconds: 1)
    try recorder.record(evaluation, of: stored)
    try recorder.flush()
    #expect(try database.steps(of: id).map(\.loss) == [nil])
    #expect(try database.steps(of: id).map(\.gradNorm) == [nil])
    #expect(try database.evaluations(of: id).map(\.loss) == [nil])
    #expect(try database.evaluations(of: id).map(\.bitsPerByte) == [nil])
    #expect(try database.evaluations(of: id).map(\.standardError) == [nil])
  }

  @Test("A run's end holds its outcome and where it was trained")
  func outcome() throws {
    let final = Evaluation(step: 4, loss: 2, bitsPerByte: 3, standardError: 0.5, tokens: 64, seconds: 1)
    let best = Evaluation(step: 3, loss: 1.5, bitsPerByte: 2.25, tokens: 64, seconds: 1)
    let outcome = RunOutcome(
      state: .finished, reason: "a reason", stepsDone: 4, trainLoss: 1.75, final: final, best: best, seconds: 9,
      cpuSeconds: 17, tokensPerSecond: 1000, threads: 1, weights: "weights/run-1.safetensors")
    #expect(
      [outcome.finalLoss, outcome.finalBitsPerByte, outcome.bestLoss, outcome.trainLoss] == [2, 3, 1.5, 1.75])
    #expect([outcome.finalStandardError, outcome.cpuSeconds] == [0.5, 17])
    #expect(outcome.bestStep == 3)
    #expect(try database.claim(runs[0], replacing: nil, for: worker()))
    var facts = runs[0].facts
    (facts.heldOutSHA256, facts.evaluatedTokens, facts.evaluatedBytes) = ("ab", 64, 96)
    (facts.unknownTokens, facts.unknownBytes) = (3, 12)
    #expect(try database.start(stored, from: nil, for: worker(), provenance: provenance, facts: facts, threads: 2))
    try recorder.end(stored, outcome)
    let run = try #require(try database.run(id))
    // The most threads count: those it began with, here.
    var expected = outcome
    expected.threads = 2
    #expect(run.outcome == expected)
    #expect(run.facts == facts)
    let provenance = run.provenance
    #expect(
      [provenance.host, provenance.cpu, provenance.version, provenance.blas] == ["a host", "a cpu", "0.1.0", "a blas"])
    #expect(provenance.startedAt ?? "~" <= provenance.endedAt ?? "")
  }

  @Test("A run that is started again loses what an earlier attempt had left, and no other run does")
  func startedAgain() throws {
    for run in [stored, other] {
      try database.begin(run)
      try recorder.record(step(1), of: run)
      try recorder.end(run, RunOutcome(state: .interrupted, reason: "stopped", stepsDone: 1, seconds: 1))
    }
    try database.begin(stored)
    try recorder.record(step(1, loss: 7), of: stored)
    try recorder.flush()
    #expect(try database.steps(of: id).map(\.loss) == [7])
    #expect(try database.steps(of: other.id).map(\.loss) == [1])
    let run = try #require(try database.run(id))
    #expect(run.outcome == RunOutcome(state: .running, stepsDone: 1, threads: 1))
    #expect(run.provenance.endedAt == nil)
  }

  @Test("Many threads record at once, and each run keeps its order")
  func threads() async throws {
    for run in [stored, other] { try database.begin(run) }
    let count = 5000
    await withTaskGroup(of: Void.self) { group in
      for run in [stored, other] {
        group.addTask { [recorder] in for number in 1...count { try? recorder.record(step(number), of: run) } }
      }
    }
    try recorder.flush()
    for run in [stored, other] { #expect(try database.steps(of: run.id).map(\.step) == Array(1...count)) }
  }

  @Test("An error while storing reaches whoever records next")
  func failure() throws {
    try database.begin(stored)
    try recorder.record(step(1), of: stored)
    try recorder.record(step(1), of: stored)
    #expect(throws: DatabaseError.self) { try recorder.flush() }
    #expect(throws: DatabaseError.self) { try recorder.record(step(2), of: stored) }
  }

  @Test("Of a run that another process has, nothing is stored, and whoever records it is told")
  func leaseLost() throws {
    try database.begin(stored)
    try recorder.record(step(1), of: stored)
    try recorder.flush()
    let (run, lease) = try #require(try database.standing(of: stored))
    #expect(try database.claim(run, replacing: lease, for: worker(2)))
    // A checkpoint asks, also where nothing is left to store.
    #expect(throws: RunRecorder.LeaseLost.self) { try recorder.flush(stored) }
    try recorder.record(step(2), of: stored)
    #expect(throws: RunRecorder.LeaseLost.self) { try recorder.flush(stored) }
    #expect(throws: RunRecorder.LeaseLost.self) { try recorder.record(step(3), of: stored) }
    #expect(throws: RunRecorder.LeaseLost.self) {
      try recorder.end(stored, RunOutcome(state: .finished, stepsDone: 3, seconds: 1))
    }
    #expect(try database.steps(of: id).map(\.step) == [1])
    #expect(try database.run(id)?.state == .running)
    #expect(try database.leases()[id]?.worker == worker(2))
  }

  @Test("A trace is evenly spaced steps as they were measured, without those that have no finite loss")
  func trainingTrace() throws {
    try database.begin(stored)
    for number in 1...10 { try recorder.record(step(number, loss: number == 6 ? .nan : Double(number)), of: stored) }
    try recorder.flush()
    #expect(try database.trainingTrace(of: id, points: 100).map(\.step) == [1, 2, 3, 4, 5, 7, 8, 9, 10])
    #expect(try database.trainingTrace(of: id, points: 5).map(\.loss) == [2, 4, 8, 10])
    #expect(try database.trainingTrace(of: other.id, points: 5).isEmpty)
  }

  @Test("Of many evaluations of an experiment's run the first, the last and some between are read")
  func evaluationsOfAnExperiment() throws {
    try database.begin(stored)
    for number in 0...10 {
      let loss = number == 5 ? Double.nan : Double(number)
      try recorder.record(Evaluation(step: number, loss: loss, bitsPerByte: loss, tokens: 8, seconds: 1), of: stored)
    }
    try recorder.flush()
    let experiment = try database.experiments()[0]
    let all = try database.evaluations(of: experiment, perRun: 100)[id]
    #expect(all == (try database.evaluations(of: id)))
    let few = try database.evaluations(of: experiment, perRun: 3)[id]
    #expect(few?.map(\.step) == [0, 2, 6, 10])
  }

  @Test("A drawn curve is the mean of neighbouring steps, shown at their middle, and none is lost")
  func trainingCurve() throws {
    try database.begin(stored)
    for number in 1...10 {
      try recorder.record(step(number, loss: Double(number), gradNorm: Double(2 * number)), of: stored)
    }
    try recorder.flush()
    let all = try database.trainingCurve(of: id, points: 100)
    #expect(all.map(\.step) == Array(1...10))
    let few = try database.trainingCurve(of: id, points: 5)
    #expect(few.map(\.step) == [1, 3, 5, 7, 9])
    #expect(few.map(\.loss) == [1.5, 3.5, 5.5, 7.5, 9.5])
    #expect(few.map(\.gradNorm) == [3, 7, 11, 15, 19])
    #expect(few.map(\.lr) == [0.1, 0.1, 0.1, 0.1, 0.1])
    #expect(try database.trainingCurve(of: other.id, points: 5).isEmpty)
  }
}
