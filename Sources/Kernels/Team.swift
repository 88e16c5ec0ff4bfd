import CLanes
import Synchronization

/// The threads that compute one run: the calling thread, and helper threads if there are more.
///
/// A piece of work is cut into as many ranges as threads take part. No number that comes out may depend on where the cuts
/// are: then a run has the same bits with any number of threads, and the number may change from one piece to the next.
/// Helpers run with flush-to-zero on; call `share` inside `flushingSubnormals`.
package final class Team: @unchecked Sendable {
  /// One thread's scratch memory. It grows in the first step to the largest size that a kernel requests, and stays.
  package final class Scratch {
    private var buffer = FloatBuffer(count: 0)

    /// Memory for at least `count` floats, valid until the next call.
    package func callAsFunction(_ count: Int) -> UnsafeMutablePointer<Float> {
      if buffer.count < count { buffer = FloatBuffer(count: count) }
      return buffer.pointer
    }
  }

  /// Multiply-adds of a product that take as long as one float that is read, changed and written.
  static let productsPerNumber = 16

  /// The least work that is worth a thread, some ten microseconds. Less slows small models down (a step of width 32 by a
  /// fifth at a quarter of it): handing over takes under one, but the numbers have to come from the other core's cache.
  var leastWork = 65_536

  private var helpers: [Helper] = []
  private let scratch = Scratch()
  private var sums: [Double] = []

  /// A team of so many threads.
  package init(threads: Int = 1) { self.threads = threads }

  deinit { for helper in helpers { helper.end() } }

  /// Number of threads, the calling one included. Set it between pieces of work.
  package var threads: Int {
    get { helpers.count + 1 }
    set {
      check(newValue >= 1, "\(newValue) threads")
      while helpers.count >= newValue { helpers.removeLast().end() }
      while helpers.count + 1 < newValue { helpers.append(Helper()) }
    }
  }

  /// Calls the body for ranges that make up `0..<count`, each beginning at a multiple of `unit`, side by side.
  ///
  /// - Parameter work: The whole work, measured in floats that are read, changed and written.
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

  /// The sum of what the body gives for each chunk of `length` numbers of `0..<count`, added up in order.
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

/// A thread that does what it is asked, one task after the other. While it waits it looks out for the next task for some
/// 0.2 ms, more than the pauses within a step; then it sleeps, so that an idle team costs nothing.
private final class Helper: @unchecked Sendable {
  /// One range of a piece of work.
  struct Task {
    let range: Range<Int>
    let body: (Range<Int>, Team.Scratch) -> Void
  }

  private enum State: UInt8, AtomicRepresentable {
    case idle, asleep, asked, working
    /// Working while the caller is asleep.
    case awaited
    case ended
  }

  private let state = Atomic(State.idle)
  /// Owned by the thread while it is working, else by the caller.
  private var task: Task?
  private let scratch = Team.Scratch()
  /// For whichever side sleeps; never both do.
  private let wakeUp = Condition()

  /// Looks before a thread falls asleep.
  private static let patience = 5000

  init() {
    startThread { [self] in flushingSubnormals(serve) }
  }

  // MARK: - The caller's side

  func ask(_ task: Task) {
    self.task = task
    hand(over: .asked)
  }

  /// Waits for the task. Returns false if the helper hadn't started it: then the task is withdrawn and the caller runs it.
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

  /// Ends the thread, which is at no task.
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

  /// Sleeps until the state is another, if it was `former` and so becomes `waiting`.
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

  /// A function of its own, so that nothing of the task is held when it has returned.
  @inline(never)
  private func work() {
    if let task { task.body(task.range, scratch) }
  }

  /// The state once it isn't idle any more.
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
