import Foundation
import TestSupport

/// A program that was started, with all that it writes.
final class RunningProgram {
  private let process: Process
  private let ended = DispatchSemaphore(value: 0)
  private let folder: TemporaryFolder

  /// Starts the process.
  init(_ process: Process) throws {
    self.process = process
    // Files, not pipes: a pipe that nobody empties stops the program.
    folder = try TemporaryFolder()
    for name in ["output", "errors"] { try Data().write(to: folder.url.appending(path: name)) }
    process.standardOutput = try FileHandle(forWritingTo: folder.url.appending(path: "output"))
    process.standardError = try FileHandle(forWritingTo: folder.url.appending(path: "errors"))
    process.terminationHandler = { [ended] _ in ended.signal() }
    try process.run()
  }

  /// What it has written to standard error by now.
  var errors: String { text("errors") }

  /// Waits for its end, and says whether it came in time.
  func ends(within seconds: Double) -> Bool {
    guard ended.wait(timeout: .now() + seconds) == .success else { return false }
    ended.signal()
    return true
  }

  /// Waits until it has the file open, or has ended.
  func opens(_ file: String) {
    let folder = "/proc/\(process.processIdentifier)/fd"
    func isOpen() -> Bool {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.contains {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)"))?.hasSuffix(file) ?? false
      }
    }
    while !isOpen(), !ends(within: 0.005) {}
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Signals its process group, which it leads.
  func signalGroup(_ number: Int32) { kill(-process.processIdentifier, number) }

  /// Ends it as the system does that runs out of memory, and waits until it is gone.
  func kill9() {
    signal(SIGKILL)
    _ = ends(within: .infinity)
  }

  /// Waits until it has written the text to standard error, or has ended. Says whether the text is there.
  func writes(_ text: String) -> Bool {
    while !errors.contains(text), !ends(within: 0.005) {}
    return errors.contains(text)
  }

  /// Waits for its end. The status is the negative signal's number where a signal ended it.
  func outcome() -> Workplace.Outcome {
    process.waitUntilExit()
    let status = process.terminationStatus
    return Workplace.Outcome(
      status: process.terminationReason == .uncaughtSignal ? -status : status, output: text("output"), errors: errors)
  }

  private func text(_ name: String) -> String {
    (try? Data(contentsOf: folder.url.appending(path: name))).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
