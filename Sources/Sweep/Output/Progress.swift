import Experiments
import Foundation
import Store
import Terminal
import Words

/// Shows how far a sweep is: live lines on a terminal, a line per event elsewhere.
final class Progress: SweepObserver {
  private struct Running {
    let item: SweepItem
    /// Where it went on from; 0 for a run that begins.
    let first: Int
    var step: Int
    var loss = Double.nan
  }

  private struct State {
    var items: [Int64: SweepItem] = [:]
    var running: [Int64: Running] = [:]
    var ended: [RunState: Int] = [:]
    /// Work that is over, and the part of it that this process hasn't done: earlier ones have, or others.
    var flopsEnded = 0.0
    var flopsSpared = 0.0
    var linesShown = 0
    var lastDrawn: ContinuousClock.Instant?
    var begun = ContinuousClock.now
    var isOver = false
  }

  /// Seconds between two drawings of the live lines.
  private static let interval = 0.1

  private let console: Console
  private let state = Locked(State())

  private let readerWentAway: @Sendable () -> Void

  /// Shows progress there; `readerWentAway` is called when nobody reads it any more.
  init(_ console: Console, readerWentAway: @escaping @Sendable () -> Void = {}) {
    self.console = console
    self.readerWentAway = readerWentAway
  }

  /// The runs that will be trained.
  func begin(_ items: [SweepItem]) {
    state.withLock { state in
      state.items = Dictionary(uniqueKeysWithValues: items.map { ($0.id, $0) })
      state.begun = .now
    }
  }

  /// A run begins, or goes on after a step.
  func started(_ id: Int64, at step: Int) {
    state.withLock { state in
      guard let item = state.items[id] else { return }
      state.running[id] = Running(item: item, first: step, step: step)
      state.flopsSpared += item.flops * Double(step) / Double(item.steps)
      if console.errors.isTerminal {
        draw(&state)
      } else {
        writeLine(step == 0 ? "started   \(item.label)" : "resumed   \(item.label), after step \(step)")
      }
    }
  }

  /// Another process has brought a run to its end.
  func endedElsewhere(_ id: Int64) {
    state.withLock { state in
      guard let item = state.items.removeValue(forKey: id) else { return }
      if console.errors.isTerminal { draw(&state) } else { writeLine("elsewhere \(item.label)") }
    }
  }

  /// A run made a step.
  func step(_ id: Int64, _ step: Int, loss: Double) {
    guard console.errors.isTerminal else { return }
    state.withLock { state in
      state.running[id]?.step = step
      state.running[id]?.loss = loss
      let isDue = state.lastDrawn.map { .now - $0 >= .seconds(Self.interval) } ?? true
      if isDue { draw(&state) }
    }
  }

  /// A run ended.
  func ended(_ id: Int64, _ outcome: RunOutcome) {
    state.withLock { state in
      guard let item = state.items[id] else { return }
      state.running[id] = nil
      // A run that goes on later isn't done.
      let goesOn = outcome.state == .interrupted
      if !goesOn {
        state.ended[outcome.state, default: 0] += 1
        state.flopsEnded += item.flops
      }
      let done = state.ended.values.reduce(0, +)
      erase(&state)
      let place = goesOn ? "" : " [\(done)/\(state.items.count)]"
      writeLine("\(colored(outcome.state)) \(item.label): \(wording(outcome))\(place)")
      if console.errors.isTerminal, done < state.items.count { draw(&state) }
    }
  }

  /// Nothing more is trained; takes the live lines away.
  func end() {
    state.withLock { state in
      erase(&state)
      state.isOver = true
    }
  }

  /// Writes a line above the live ones.
  func note(_ line: String) {
    state.withLock { state in
      erase(&state)
      writeLine(line.visible(keepsLines: true))
    }
  }

  private func wording(_ outcome: RunOutcome) -> String {
    switch outcome.state {
    case .finished:
      let loss = outcome.finalLoss.map { String(format: "validation loss %.4f nats/token, ", $0) } ?? ""
      let rate = outcome.tokensPerSecond.map { ", " + Wording.count($0) + " tokens/s" } ?? ""
      return loss + Wording.duration(outcome.seconds ?? 0) + rate
    default:
      return outcome.stateReason ?? ""
    }
  }

  private func colored(_ state: RunState) -> String {
    let code =
      switch state {
      case .finished: "32"
      case .failed: "31"
      case .diverged: "35"
      case .queued, .running, .interrupted, .stopped: "33"
      }
    return console.errors.styled(
      state.rawValue.padding(toLength: max(9, state.rawValue.count), withPad: " ", startingAt: 0), code)
  }

  private func writeLine(_ line: String) { write(line + "\n") }

  private func write(_ text: String) {
    if !console.errors.write(text) { readerWentAway() }
  }

  // MARK: - Live lines

  private func erase(_ state: inout State) {
    guard state.linesShown > 0 else { return }
    write("\u{1B}[\(state.linesShown)A\u{1B}[J")
    state.linesShown = 0
  }

  private func draw(_ state: inout State) {
    guard !state.isOver else { return }
    // A line that is broken, and one above the screen, couldn't be drawn over.
    let width = max((console.errors.width ?? 80) - 1, 1)
    let lines = lines(state).suffix(max((console.errors.height ?? 24) - 1, 1)).map { $0.prefix(columns: width) }
    let up = state.linesShown > 0 ? "\u{1B}[\(state.linesShown)A" : ""
    write(up + lines.map { "\u{1B}[2K" + $0 + "\n" }.joined() + "\u{1B}[J")
    state.linesShown = lines.count
    state.lastDrawn = .now
  }

  private func lines(_ state: State) -> [String] {
    let running = state.running.values.sorted { $0.item.id < $1.item.id }
    let rows = running.prefix(12).map { run in
      let part = Double(run.step) / Double(run.item.steps)
      let loss = run.loss.isNaN ? "" : String(format: "loss %.3f  ", run.loss)
      return "  \(bar(part)) step \(run.step)/\(run.item.steps)  \(loss)\(run.item.label)"
    }
    let total = state.items.values.reduce(0) { $0 + $1.flops }
    let done = state.flopsEnded + running.reduce(0) { $0 + $1.item.flops * Double($1.step) / Double($1.item.steps) }
    let elapsed = (ContinuousClock.now - state.begun) / .seconds(1)
    let own = done - state.flopsSpared
    let left = own > 0 && elapsed > 0.5 ? Wording.duration(elapsed * (total - done) / own) + " left" : "estimating"
    let ended = state.ended.values.reduce(0, +)
    let percent = Int(100 * (total > 0 ? done / total : 0))
    return rows + ["  \(bar(total > 0 ? done / total : 0)) \(percent) %  \(ended)/\(state.items.count) runs, \(left)"]
  }

  private func bar(_ part: Double) -> String {
    let width = 16
    let full = min(width, Int(part * Double(width)))
    return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: width - full) + "]"
  }
}
