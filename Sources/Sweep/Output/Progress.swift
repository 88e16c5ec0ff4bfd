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
    var loss: Double?
    var validationLoss: Double?
    /// When a line about it was last written.
    var told = ContinuousClock.now
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
    var bestSoFar: BestSoFar?
    var best: String?
  }

  /// Seconds between two drawings of the live lines.
  private static let interval = 0.1

  private let console: Console
  /// Time without a line about a run after which an evaluation is one, where there are no live lines.
  private let silence: Duration
  private let state = Locked(State())

  private let readerWentAway: @Sendable () -> Void

  /// Shows progress there; `readerWentAway` is called when nobody reads it any more.
  init(_ console: Console, silence: Duration = .seconds(10), readerWentAway: @escaping @Sendable () -> Void = {}) {
    (self.console, self.silence) = (console, silence)
    self.readerWentAway = readerWentAway
  }

  /// Shows what is best so far, too.
  func show(_ best: BestSoFar) { state.withLock { $0.bestSoFar = best } }

  /// The runs that will be trained.
  func begin(_ items: [SweepItem]) {
    let bestSoFar = state.withLock { $0.bestSoFar }
    let best = items.first.flatMap { bestSoFar?.look(after: $0.id) }
    state.withLock { state in
      state.best = best?.text
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

  /// A run was evaluated.
  func evaluated(_ id: Int64, _ evaluation: Evaluation) {
    state.withLock { state in
      guard let run = state.running[id] else { return }
      state.running[id]?.validationLoss = evaluation.loss
      // How the run ends says the last one.
      let isDue = evaluation.step < run.item.steps && .now - run.told >= silence
      guard !console.errors.isTerminal, isDue, let loss = evaluation.loss else { return }
      writeLine(
        "evaluated \(run.item.label): validation loss \(String(format: "%.4f", loss)) nats/token at step "
          + "\(evaluation.step) of \(run.item.steps), \(Wording.duration(evaluation.seconds))")
      state.running[id]?.told = .now
    }
  }

  /// A run ended.
  func ended(_ id: Int64, _ outcome: RunOutcome) {
    // The database is asked before others have to wait.
    let bestSoFar = outcome.state == .finished ? state.withLock { $0.bestSoFar } : nil
    let best = bestSoFar?.look(after: id)
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
      let elapsed = Wording.duration((.now - state.begun) / .seconds(1))
      // The live lines have the time.
      let time = console.errors.isTerminal ? "" : " after \(elapsed)"
      writeEnd(of: item, outcome, place: goesOn ? "" : " [\(done)/\(state.items.count)\(time)]")
      if let best {
        state.best = best.text
        if best.isNew, !console.errors.isTerminal { writeLine("best so far: \(best.text)") }
      }
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
      let lines = line.visible(keepsLines: true)
      guard let width = console.errors.width else { return writeLine(lines) }
      for line in lines.split(separator: "\n").flatMap({ String($0).wrapped(to: width - 1) }) { writeLine(line) }
    }
  }

  /// Writes how a run ended: on a terminal without what there is no room for, and over several lines where that doesn't do.
  private func writeEnd(of item: SweepItem, _ outcome: RunOutcome, place: String) {
    let name = outcome.state.rawValue
    let indent = max(9, name.count) + 1
    let room = console.errors.width.map { max($0 - 1 - indent, 8) } ?? .max
    let facts = facts(outcome)
    // How fast it was matters least, how long it took comes next.
    let texts = (0..<max(1, facts.count)).map { left in
      "\(item.label): \(facts.dropLast(left).joined(separator: ", "))\(place)"
    }
    let lines = (texts.first { $0.displayWidth <= room } ?? texts[texts.count - 1]).wrapped(to: room)
    for (number, line) in lines.enumerated() {
      let start = String(repeating: " ", count: indent - (number == 0 ? name.count : 0))
      writeLine((number == 0 ? colored(outcome.state) : "") + start + line)
    }
  }

  /// What is told of a run's end, what matters most first.
  private func facts(_ outcome: RunOutcome) -> [String] {
    guard outcome.state == .finished else { return [outcome.stateReason.map { $0.visible() } ?? ""] }
    let loss = outcome.finalLoss.map { String(format: "validation loss %.4f nats/token", $0) }
    let rate = outcome.tokensPerSecond.map { Wording.count($0) + " tokens/s" }
    return [loss, Wording.duration(outcome.seconds ?? 0), rate].compactMap { $0 }
  }

  private func colored(_ state: RunState) -> String {
    let code =
      switch state {
      case .finished: "32"
      case .failed: "31"
      case .diverged: "35"
      case .queued, .running, .interrupted, .stopped: "33"
      }
    return console.errors.styled(state.rawValue, code)
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
    let lines = lines(state).lines(width: console.errors.width ?? 80, height: console.errors.height ?? 24)
    let up = state.linesShown > 0 ? "\u{1B}[\(state.linesShown)A" : ""
    write(up + lines.map { "\u{1B}[2K\($0)\n" }.joined() + "\u{1B}[J")
    state.linesShown = lines.count
    state.lastDrawn = .now
  }

  private func lines(_ state: State) -> ProgressLines {
    let running = state.running.values.sorted { $0.item.id < $1.item.id }
    let total = state.items.values.reduce(0) { $0 + $1.flops }
    let done = state.flopsEnded + running.reduce(0) { $0 + $1.item.flops * Double($1.step) / Double($1.item.steps) }
    let elapsed = (ContinuousClock.now - state.begun) / .seconds(1)
    let own = done - state.flopsSpared
    return ProgressLines(
      runs: running.map { run in
        .init(
          label: run.item.label, step: run.step, steps: run.item.steps, validation: run.validationLoss,
          training: run.loss)
      }, done: total > 0 ? done / total : 0, ended: state.ended.values.reduce(0, +), total: state.items.count,
      elapsed: elapsed, left: own > 0 && elapsed > 0.5 ? elapsed * (total - done) / own : nil, best: state.best)
  }
}
