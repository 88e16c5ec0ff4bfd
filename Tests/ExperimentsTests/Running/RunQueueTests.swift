import Foundation
import Store
import Testing

@testable import Experiments

@Suite("The queue lends idle cores to the runs that go on", .timeLimit(.minutes(10)))
struct RunQueueTests {
  private let place: SpecFolder
  private let cores = CoreBudget(cores: 4, threadsPerRun: nil)

  init() throws { place = try SpecFolder() }

  /// A queue of three runs for two threads.
  private func queue(_ budget: MemoryBudget) throws -> RunQueue {
    try place.write(#"{"d_model": 8, "context_length": 8, "steps": 1, "seeds": 3}"#, to: "s.json")
    let plan = try Plan(specs: [place.path("s.json")])
    let database = try ResultsDatabase(path: place.path("results.sqlite"))
    let experiment = try #require(plan.experiments.first)
    let stored = try database.store(experiment.record, grid: experiment.gridRecords)
    let jobs = try zip(experiment.runs, stored).map { run, record in
      Job(run: run, reference: try #require(record.reference), label: "", seen: record)
    }
    return RunQueue(
      jobs, policy: LongestFirst(), width: 2, admission: Admission(budget: budget, cores: cores), host: "here",
      observer: Silence(), claim: Claims(database, for: .here).claim)
  }

  /// The next run that may be trained now; nil where there is none.
  private func next(_ queue: RunQueue) throws -> Job? {
    if case .run(let job) = try queue.next() { job } else { nil }
  }

  @Test("A run of another machine, whose clock is minutes behind, is taken over only when its heartbeat stands still")
  func clocks() throws {
    try place.write(#"{"d_model": 8, "context_length": 8, "steps": 1}"#, to: "s.json")
    let plan = try Plan(specs: [place.path("s.json")])
    let database = try ResultsDatabase(path: place.path("results.sqlite"))
    let experiment = try #require(plan.experiments.first)
    let stored = try #require(try database.store(experiment.record, grid: experiment.gridRecords).first)
    let other = Worker(host: "there", pidNamespace: "there", process: 1, processStart: "1")
    let behind = Date(timeIntervalSinceNow: -180)
    #expect(try database.claim(stored, replacing: nil, for: other, at: behind))
    let reference = try #require(stored.reference)
    let seen = try #require(try database.standing(of: reference)).run
    let job = Job(run: experiment.runs[0], reference: reference, label: "", seen: seen)
    let clock = Locked(ContinuousClock.now)
    let claims = Claims(database, for: .here, time: { clock.withLock { $0 } })
    func isHeld() throws -> Bool { if case .held = try claims.claim(job) { true } else { false } }
    #expect(try isHeld())
    clock.withLock { $0 += .seconds(14) }
    try database.heartbeat(of: other, at: behind + 14)
    #expect(try isHeld())
    clock.withLock { $0 += .seconds(14) }
    #expect(try isHeld())
    clock.withLock { $0 += .seconds(1) }
    #expect(try !isHeld())
  }

  @Test("Two of three runs share the cores; the last one has them all once the other thread finds nothing to do")
  func lastRun() throws {
    let queue = try queue(MemoryBudget(total: .infinity, available: .infinity))
    let first = try #require(try next(queue))
    #expect(cores.threadsPerRun == 2)
    let second = try #require(try next(queue))
    #expect(cores.threadsPerRun == 2)
    queue.ended(first)
    #expect(try next(queue)?.id != nil)
    #expect(cores.threadsPerRun == 2)
    queue.ended(second)
    #expect(cores.threadsPerRun == 2)
    #expect(try next(queue)?.id == nil)
    #expect(cores.threadsPerRun == 4)
  }

  @Test("A run beside which there is no memory for another has all cores meanwhile")
  func littleMemory() throws {
    let queue = try queue(MemoryBudget(total: .infinity, available: 0))
    let first = try #require(try next(queue))
    #expect(try next(queue)?.id == nil)
    #expect(cores.threadsPerRun == 4)
    queue.ended(first)
    #expect(try next(queue)?.id != nil)
    #expect(cores.threadsPerRun == 2)
  }
}

/// Nobody is told anything.
struct Silence: SweepObserver {
  func begin(_ items: [SweepItem]) {}
  func started(_ id: Int64, at step: Int) {}
  func step(_ id: Int64, _ step: Int, loss: Double) {}
  func evaluated(_ id: Int64, _ evaluation: Evaluation) {}
  func ended(_ id: Int64, _ outcome: RunOutcome) {}
  func endedElsewhere(_ id: Int64) {}
  func note(_ line: String) {}
  func end() {}
}
