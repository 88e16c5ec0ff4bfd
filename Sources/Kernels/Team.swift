import CLanes
import Synchronization

/// The threads that compute one run: the calling thread and `threads - 1` helper threads.
///
/// `share` cuts work into at most one range for each thread. No result may depend on where the cuts are. Then a run has the same
/// bits with any number of threads, and the number may change between two calls.
///
/// One thread at a time uses a team, and a body doesn't call its own team. Helpers flush subnormal numbers to zero; call `share`
/// inside `flushingSubnormals`, so that the calling thread does too.
package final class Team: @unchecked Sendable {
  /// Multiply-adds of a product that take as long as one unit of work: one float that is read, changed and written.
  static let productsPerNumber = 16

  /// The least work that a thread gets, in floats that are read, changed and written; it takes about 10 µs. The handover takes less
  /// than 1 µs, but the thread must also fetch the numbers from the other core's cache. With a quarter of this value a step of
  /// width 32 is a fifth slower.
  var leastWork = 65_536

  private var helpers: [Helper] = []
  /// Processor time of helpers that have ended, in seconds.
  private var formerSeconds = 0.0
  private let scratch = Scratch()
  private var sums: [Double] = []

  /// A team of `threads` threads, the calling one included.
  package init(threads: Int = 1) { self.threads = threads }

  deinit { for helper in helpers { helper.end() } }

  /// Number of threads, the calling one included. Set it only while no `share` runs. There are fewer than were set where the system
  /// gives no more.
  package var threads: Int {
    get { helpers.count + 1 }
    set {
      check(newValue >= 1, "\(newValue) threads")
      while helpers.count >= newValue {
        let helper = helpers.removeLast()
        formerSeconds += helper.cpuSeconds
        helper.end()
      }
      while helpers.count + 1 < newValue, let helper = Helper() { helpers.append(helper) }
    }
  }

  /// Processor time that the helper threads have used, in seconds: the calling thread's comes to it.
  package var helperSeconds: Double { helpers.reduce(formerSeconds) { $0 + $1.cpuSeconds } }

  /// Cuts `0..<count` into ranges that begin at multiples of `unit`, calls the body for each on a thread of its own, and returns when
  /// all are done. Work below twice `leastWork` stays on the calling thread.
  ///
  /// - Parameter work: The size of the whole work, in floats that are read, changed and written.
  package func share(
    _ count: Int, inMultiplesOf unit: Int = 1, work: Int, _ body: (_ range: Range<Int>, _ scratch: Scratch) -> Void
  ) {
    check(count >= 0 && unit >= 1, "\(count) in multiples of \(unit)")
    let units = (count + unit - 1) / unit
    let parts = min(threads, units, work / leastWork)
    guard parts > 1 else { return body(0..<count, scratch) }
    func part(_ index: Int) -> Range<Int> {
      units * index / parts * unit..<min(units * (index + 1) / parts * unit, count)
    }
    withoutActuallyEscaping(body) { body in
      let asked = helpers.prefix(parts - 1)
      for (index, helper) in asked.enumerated() { helper.ask(Helper.Task(range: part(index + 1), body: body)) }
      body(part(0), scratch)
      for (index, helper) in asked.enumerated() where !helper.finish() { body(part(index + 1), scratch) }
    }
  }

  /// Calls the body for each chunk of `length` numbers of `0..<count` and adds the results in the order of the chunks.
  package func sum(_ count: Int, inChunksOf length: Int, work: Int, _ body: (_ chunk: Range<Int>) -> Double)
    -> Double
  {
    let chunks = (count + length - 1) / length
    if sums.count < chunks { sums = [Double](repeating: 0, count: chunks) }
    return sums.withUnsafeMutableBufferPointer { sums in
      share(chunks, work: work) { indices, _ in
        for index in indices { sums[index] = body(index * length..<min((index + 1) * length, count)) }
      }
      return sums.prefix(chunks).reduce(0, +)
    }
  }
}

/// A thread that runs one task after the other. After a task it polls for the next one for about 0.2 ms, which is longer than the
/// pauses within a step. Then it sleeps and uses no processor time.
private final class Helper: @unchecked Sendable {
  /// One range of a piece of work.
  struct Task {
    let range: Range<Int>
    let body: (Range<Int>, Team.Scratch) -> Void
  }

  private enum State: UInt8, AtomicRepresentable {
    case idle, asleep, asked, working
    /// The helper runs the task, and the caller sleeps.
    case awaited
    case ended
  }

  private let state = Atomic(State.idle)
  /// The caller writes it while the helper is idle or asleep. The helper reads it while it works.
  private var task: Task?
  private let scratch = Team.Scratch()
  /// Wakes the side that sleeps. Only one side sleeps at a time.
  private let wakeUp = Condition()

  /// The clock of the helper's thread. The thread writes it before it first waits for a task.
  private let clock = Mutex<ThreadClock?>(nil)

  /// How often a thread polls before it sleeps.
  private static let patience = 5000

  /// Nil where the system gives no thread.
  init?() {
    guard
      startThread({ [self] in
        clock.withLock { $0 = ThreadClock() }
        flushingSubnormals(serve)
      })
    else { return nil }
  }

  // MARK: - The caller's side

  func ask(_ task: Task) {
    self.task = task
    hand(over: .asked)
  }

  /// Returns true when the helper has done the task. If the helper hasn't started, takes the task back and returns false; the caller
  /// then runs it.
  func finish() -> Bool {
    defer { task = nil }
    if state.compareExchange(expected: .asked, desired: .idle, ordering: .acquiring).exchanged { return false }
    for _ in 0..<Self.patience {
      if state.load(ordering: .acquiring) != .working { return true }
      pauseBriefly()
    }
    sleep(while: .awaited, insteadOf: .working)
    return true
  }

  /// Processor time that the thread has used, in seconds.
  var cpuSeconds: Double { clock.withLock { $0?.seconds } ?? 0 }

  /// Ends the thread, which has no task.
  func end() { hand(over: .ended) }

  private func hand(over new: State) {
    switch state.exchange(new, ordering: .acquiringAndReleasing) {
    case .asleep, .awaited:
      wakeUp.lock()
      wakeUp.signal()
      wakeUp.unlock()
    default: break
    }
  }

  /// Changes the state from `former` to `waiting` and sleeps until it changes again. Returns at once if it isn't `former`.
  private func sleep(while waiting: State, insteadOf former: State) {
    wakeUp.lock()
    defer { wakeUp.unlock() }
    guard state.compareExchange(expected: former, desired: waiting, ordering: .acquiring).exchanged else { return }
    while state.load(ordering: .acquiring) == waiting { wakeUp.wait() }
  }

  // MARK: - The thread's side

  private func serve() {
    while true {
      switch awaitTask() {
      case .ended: return
      case .asked:
        if state.compareExchange(expected: .asked, desired: .working, ordering: .acquiring).exchanged {
          work()
          hand(over: .idle)
        }
      default: break
      }
    }
  }

  /// A function of its own, so that the thread keeps no reference to the task after it returns.
  @inline(never)
  private func work() {
    if let task { task.body(task.range, scratch) }
  }

  /// Waits until the state isn't idle and returns it.
  private func awaitTask() -> State {
    for _ in 0..<Self.patience {
      let state = state.load(ordering: .relaxed)
      if state != .idle { return state }
      pauseBriefly()
    }
    sleep(while: .asleep, insteadOf: .idle)
    return state.load(ordering: .relaxed)
  }
}
