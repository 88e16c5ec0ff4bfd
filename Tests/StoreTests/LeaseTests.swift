import Foundation
import GRDB
import Store
import Testing

struct LeaseTests {
  let database: ResultsDatabase
  let recorder: RunRecorder
  let id: Int64

  init() throws {
    database = try .inMemory()
    recorder = RunRecorder(database, for: worker())
    id = try #require(try database.store(experiment(), runs: [run()])[0].id)
  }

  @Test("Of many who claim a run at once, one gets it")
  func race() async throws {
    let (run, lease) = try #require(try database.standing(of: id))
    #expect(lease == nil)
    let database = database
    let claims = try await withThrowingTaskGroup(of: Bool.self) { group in
      for process in 1...20 {
        group.addTask { try database.claim(run, replacing: nil, for: worker(process)) }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(claims == 1)
    #expect(try database.run(id)?.state == .running)
  }

  @Test("A lease is replaced only as it was seen, and never that of a run that has its result")
  func replacing() throws {
    try database.begin(id)
    let (run, seen) = try #require(try database.standing(of: id))
    #expect(seen?.worker == worker())
    #expect(try !database.claim(run, replacing: nil, for: worker(2)))
    try database.heartbeat(of: worker(), at: Date(timeIntervalSince1970: 5_000_000_000))
    #expect(try !database.claim(run, replacing: seen, for: worker(2)))
    let (_, now) = try #require(try database.standing(of: id))
    #expect(now?.heartbeat == Date(timeIntervalSince1970: 5_000_000_000))
    #expect(try database.claim(run, replacing: now, for: worker(2)))
    #expect(try !database.start(id, from: nil, for: worker(), provenance: provenance))

    try database.begin(id)
    try recorder.end(id, RunOutcome(state: .finished, stepsDone: 4, seconds: 1))
    #expect(try database.leases().isEmpty)
    #expect(try !database.claim(run, replacing: nil, for: worker(2)))
  }

  @Test("A run that goes on from a checkpoint loses what was recorded past it, and only that")
  func goesOn() throws {
    try record()
    let rows = RecordedRows(step: 2, evaluations: 2, samples: 1)
    #expect(try database.start(id, from: rows, for: worker(), provenance: provenance))
    #expect(try database.steps(of: id).map(\.step) == [1, 2])
    #expect(try database.evaluations(of: id).map(\.step) == [0, 2])
    #expect(try database.samples(of: id).map(\.step) == [2])
    #expect(try database.run(id)?.stepsDone == 2)
  }

  @Test(
    "A checkpoint that is ahead of the rows can't serve, and nothing changes",
    arguments: [(5, 3, 2), (4, 4, 2), (4, 3, 3), (2, 3, 1)])
  func ahead(step: Int, evaluations: Int, samples: Int) throws {
    try record()
    let rows = RecordedRows(step: step, evaluations: evaluations, samples: samples)
    #expect(try !database.start(id, from: rows, for: worker(), provenance: provenance))
    #expect(try database.steps(of: id).count == 4)
    #expect(try database.evaluations(of: id).count == 3)
    #expect(try database.samples(of: id).count == 2)
  }

  private func record() throws {
    try database.begin(id)
    for number in 0...4 {
      if number > 0 {
        try recorder.record(
          Step(step: number, loss: 1, lr: 0.1, gradNorm: 2, tokens: 128 * number, seconds: 1), of: id)
      }
      guard number % 2 == 0 else { continue }
      try recorder.record(Evaluation(step: number, loss: 1, bitsPerByte: 1, tokens: 64, seconds: 1), of: id)
      guard number > 0 else { continue }
      try recorder.record(Sample(step: number, promptIndex: 0, prompt: "p", text: "t", temperature: 1), of: id)
    }
    try recorder.flush()
  }
}
