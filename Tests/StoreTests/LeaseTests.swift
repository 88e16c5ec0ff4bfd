import Foundation
import GRDB
import Store
import Testing

@Suite(.timeLimit(.minutes(10)))
struct LeaseTests {
  let database: ResultsDatabase
  let recorder: RunRecorder
  let stored: Run.Reference

  init() throws {
    database = try .inMemory()
    recorder = RunRecorder(database, for: worker())
    stored = try #require(try database.store(experiment(), [run()])[0].reference)
  }

  @Test("Of many who claim a run at once, one gets it")
  func race() async throws {
    let (run, lease) = try #require(try database.standing(of: stored))
    #expect(lease == nil)
    let database = database
    let claims = try await withThrowingTaskGroup(of: Bool.self) { group in
      for process in 1...20 {
        group.addTask { try database.claim(run, replacing: nil, for: worker(process)) }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(claims == 1)
    #expect(try database.run(stored.id)?.state == .running)
  }

  @Test("A lease is replaced only as it was seen, and never that of a run that has its result")
  func replacing() throws {
    try database.begin(stored)
    let (run, seen) = try #require(try database.standing(of: stored))
    #expect(seen?.worker == worker())
    #expect(try !database.claim(run, replacing: nil, for: worker(2)))
    try database.heartbeat(of: worker(), at: Date(timeIntervalSince1970: 5_000_000_000))
    #expect(try !database.claim(run, replacing: seen, for: worker(2)))
    let (_, now) = try #require(try database.standing(of: stored))
    #expect(now?.heartbeat == Date(timeIntervalSince1970: 5_000_000_000))
    #expect(try database.claim(run, replacing: now, for: worker(2)))
    #expect(try !database.start(stored, from: nil, for: worker(), provenance: provenance))

    try database.begin(stored)
    try recorder.end(stored, RunOutcome(state: .finished, stepsDone: 4, seconds: 1))
    #expect(try database.leases().isEmpty)
    #expect(try !database.claim(run, replacing: nil, for: worker(2)))
  }

  @Test("A run that goes on from a checkpoint loses what was recorded past it, and only that")
  func goesOn() throws {
    try record()
    let rows = RecordedRows(step: 2, evaluations: 2, samples: 1)
    #expect(try database.start(stored, from: rows, for: worker(), provenance: provenance))
    #expect(try database.steps(of: stored.id).map(\.step) == [1, 2])
    #expect(try database.evaluations(of: stored.id).map(\.step) == [0, 2])
    #expect(try database.samples(of: stored.id).map(\.step) == [2])
    #expect(try database.run(stored.id)?.stepsDone == 2)
  }

  @Test(
    "A checkpoint that is ahead of the rows can't serve, and nothing changes",
    arguments: [(5, 3, 2), (4, 4, 2), (4, 3, 3), (2, 3, 1)])
  func ahead(step: Int, evaluations: Int, samples: Int) throws {
    try record()
    let rows = RecordedRows(step: step, evaluations: evaluations, samples: samples)
    #expect(try !database.start(stored, from: rows, for: worker(), provenance: provenance))
    #expect(try database.steps(of: stored.id).count == 4)
    #expect(try database.evaluations(of: stored.id).count == 3)
    #expect(try database.samples(of: stored.id).count == 2)
  }

  @Test("A run that is over is never claimed", arguments: [RunState.finished, .diverged, .stopped])
  func over(state: RunState) throws {
    try database.begin(stored)
    try recorder.end(stored, RunOutcome(state: state, stepsDone: 2))
    let (run, lease) = try #require(try database.standing(of: stored))
    #expect(try !database.claim(run, replacing: lease, for: worker(2)))
    #expect(try database.run(stored.id)?.state == state)
  }

  @Test("A run that was deleted while a process waited for it is nobody's, whatever was stored since")
  func deleted() throws {
    let others = RunRecorder(database, for: worker(2))
    let seen = try database.store(experiment("b"), [run(dModel: 8, lr: 1), run(dModel: 8, lr: 2)])
    let (waiting, training) = (seen[0], try #require(seen[1].reference))
    try database.begin(training)
    try recorder.record(Step(step: 1, loss: 1, lr: 0.1, gradNorm: 2, tokens: 8, seconds: 1), of: training)
    try recorder.flush()
    let b = try database.experiment(named: "b")
    #expect(try database.delete(b, expected: database.deletion(of: b))?.runs.map(\.id) == seen.map(\.id))
    let new = try database.store(experiment("c"), (1...3).map { run(dModel: 24, lr: Double($0)) })
    #expect(Set(new.map(\.id)).isDisjoint(with: seen.map(\.id)))

    #expect(try !database.claim(waiting, replacing: nil, for: worker(2)))
    for run in [try #require(waiting.reference), training] {
      #expect(try !database.start(run, from: nil, for: worker(2), provenance: provenance))
    }
    try recorder.record(Step(step: 2, loss: 1, lr: 0.1, gradNorm: 2, tokens: 8, seconds: 1), of: training)
    #expect(throws: RunRecorder.LeaseLost.self) { try recorder.flush(training) }
    #expect(throws: RunRecorder.LeaseLost.self) {
      try others.end(training, RunOutcome(state: .finished, stepsDone: 4))
    }
    #expect(try database.runs(of: database.experiment(named: "c")) == new)
  }

  @Test("A number under which another configuration or seed stands is no way to claim, begin, record or end a run")
  func otherRun() throws {
    let (known, _) = try #require(try database.standing(of: stored))
    try database.begin(stored)
    let before = try database.run(stored.id)
    var strange = [run(dModel: 8), run(seed: 1)]
    for index in strange.indices { strange[index].id = stored.id }
    for stranger in strange {
      let reference = try #require(stranger.reference)
      #expect(try database.standing(of: reference) == nil)
      #expect(try !database.claim(stranger, replacing: database.leases()[stored.id], for: worker(2)))
      #expect(try !database.start(reference, from: nil, for: worker(), provenance: provenance))
      try recorder.record(Step(step: 1, loss: 1, lr: 0.1, gradNorm: 2, tokens: 8, seconds: 1), of: reference)
      #expect(throws: RunRecorder.LeaseLost.self) { try recorder.flush(reference) }
      #expect(throws: RunRecorder.LeaseLost.self) { try recorder.end(reference, RunOutcome(state: .finished)) }
      #expect(try !database.add([sample(1)], to: reference))
    }
    #expect(try database.run(stored.id) == before)
    #expect(try database.steps(of: stored.id).isEmpty)
    #expect(known.reference == stored)
  }

  private func record() throws {
    try database.begin(stored)
    for number in 0...4 {
      if number > 0 {
        try recorder.record(
          Step(step: number, loss: 1, lr: 0.1, gradNorm: 2, tokens: 128 * number, seconds: 1), of: stored)
      }
      guard number % 2 == 0 else { continue }
      try recorder.record(Evaluation(step: number, loss: 1, bitsPerByte: 1, tokens: 64, seconds: 1), of: stored)
      guard number > 0 else { continue }
      try recorder.record(sample(number), of: stored)
    }
    try recorder.flush()
  }
}
