import Model
import Store
import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct WorkerThreadsTests {
  @Test("Where the system gives fewer threads, or none, those that there are do the work", arguments: [0, 3, 5, 6, 20])
  func few(available: Int) {
    let (given, asked, told) = (Locked(0), Locked(0), Locked<[Int]>([]))
    WorkerThreads(width: 4, stop: StopSignal()).run {
      asked.withLock { $0 += 1 }
      return .nothing
    } work: { _ in
    } start: { body in
      let isThere = given.withLock { count in
        count += 1
        return count <= available
      }
      return isThere && SystemThread.start(body)
    } few: { count in
      told.withLock { $0.append(count) }
    }
    // Four threads are in reserve while the others are started.
    let width = max(0, min(4, available - 4))
    #expect(asked.withLock { $0 } == max(1, width))
    #expect(told.withLock { $0 } == (width < 4 ? [max(1, width)] : []))
  }
}
