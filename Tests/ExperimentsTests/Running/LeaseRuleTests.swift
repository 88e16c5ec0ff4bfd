import Foundation
import Store
import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct LeaseRuleTests {
  private static let here = Worker(host: "h", pidNamespace: "this machine", process: 1, processStart: "10")
  private static let now = Date(timeIntervalSince1970: 1_000_000)

  private static func lease(_ namespace: String = "this machine", start: String = "20", age: Double = 0) -> Lease {
    Lease(
      runID: 1, worker: Worker(host: "h", pidNamespace: namespace, process: 2, processStart: start),
      heartbeat: now.addingTimeInterval(-age))
  }

  private static func run(_ state: RunState, endedAt: String? = nil) -> Run {
    var run = Run(
      config: "{}", seed: 0, facts: Run.Facts(corpus: "", vocabSize: 2, parameters: 1, trainingFlops: 1))
    run.outcome.state = state
    run.provenance.endedAt = endedAt
    return run
  }

  @Test(
    "On the same machine a process is gone when its number is free or another's, however old its heartbeat",
    arguments: [(nil, 0, true), ("21", 0, true), ("20", 0, false), ("20", 1e6, false)] as [(String?, Double, Bool)])
  func sameMachine(start: String?, age: Double, isGone: Bool) {
    #expect(
      LeaseRule.isGone(Self.lease(age: age), here: Self.here, now: Self.now) { $0 == 2 ? start : nil } == isGone)
  }

  @Test(
    "On another machine it is gone when its heartbeat has lapsed, also one from the future",
    arguments: [(0, false), (59, false), (61, true), (-59, false), (-61, true)] as [(Double, Bool)])
  func otherMachine(age: Double, isGone: Bool) {
    let lease = Self.lease("another machine", age: age)
    #expect(LeaseRule.isGone(lease, here: Self.here, now: Self.now) { _ in nil } == isGone)
  }

  @Test("A run with a result, or stopped, is over; one that is held isn't claimed; others are")
  func availability() {
    let lease = Self.lease()
    func availability(_ state: RunState, _ lease: Lease?, isGone: Bool) -> LeaseRule.Availability {
      LeaseRule.availability(of: Self.run(state), first: Self.run(.queued), lease: lease) { _ in isGone }
    }
    for state in [RunState.finished, .diverged, .stopped] { #expect(availability(state, nil, isGone: true) == .over) }
    for state in [RunState.queued, .running, .interrupted] {
      #expect(availability(state, nil, isGone: false) == .free(replacing: nil))
      #expect(availability(state, lease, isGone: true) == .free(replacing: lease))
      #expect(availability(state, lease, isGone: false) == .held(lease))
    }
  }

  @Test("A failed run is tried again if it was seen failed, and not if it has failed since")
  func failed() {
    func availability(first: Run) -> LeaseRule.Availability {
      LeaseRule.availability(of: Self.run(.failed, endedAt: "2"), first: first, lease: nil) { _ in false }
    }
    #expect(availability(first: Self.run(.failed, endedAt: "2")) == .free(replacing: nil))
    #expect(availability(first: Self.run(.failed, endedAt: "1")) == .over)
    #expect(availability(first: Self.run(.queued)) == .over)
  }

  @Test("A living process is known by its start, and a number that is free has none")
  func processStart() {
    let own = Int(ProcessInfo.processInfo.processIdentifier)
    #expect(Worker.start(of: own) == Worker.here.processStart)
    #expect(Worker.start(of: own)?.isEmpty == false)
    #expect(Worker.start(of: 1 << 30) == nil)
  }
}
