import ArgumentParser
import Foundation

extension ParsableCommand {
  /// Runs the command that the arguments name, as a whole program, and ends the process.
  ///
  /// A process that the system gives too little to do anything ends with code 1 before it begins.
  /// Help and versions are data; complaints go to standard error. A program whose data didn't all arrive ends with code 74, the
  /// input/output error of https://man.freebsd.org/cgi/man.cgi?query=sysexits, unless it ends with another error.
  ///
  /// - Parameter code: The exit code of an error whose description is worded for the user; nil for any other.
  public static func program(code: (any Error) -> ExitCode?) -> Never {
    let console = Console.standard
    let name = configuration.commandName ?? "\(Self.self)"
    var status = ExitCode.success
    ProcessLimits.heed()
    if let complaint = ProcessLimits.complaint() {
      console.note("\(name): \(complaint)")
      Foundation.exit(EXIT_FAILURE)
    }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      if let worded = code(error) {
        status = worded
        console.note("\(name): \(error)")
      } else {
        status = exitCode(for: error)
        let message = fullMessage(for: error)
        if !message.isEmpty { status.isSuccess ? console.data(message) : console.note(message) }
      }
    }
    if let complaint = console.closeOutput() {
      console.note("\(name): \(complaint)")
      if status.isSuccess { status = ExitCode(EX_IOERR) }
    }
    Foundation.exit(status.rawValue)
  }
}
