import ArgumentParser
import Experiments
import Model
import Store

/// The exit codes, a promise to scripts. 0 is success, diverged runs included; 64 is wrong usage; 74, data that couldn't all be
/// written, is `ParsableCommand.program`'s.
enum ExitStatus {
  /// A run failed; the others are there.
  static let failedRun = ExitCode(1)
  /// A spec, a corpus, a weight file, a database or a disk that can't be used.
  static let badData = ExitCode(65)
  /// A file that isn't there.
  static let noInput = ExitCode(66)

  /// A check that fails, and one that neither passes nor fails.
  static let failedCheck = failedRun
  static let undecidedCheck = ExitCode(2)

  /// A processor that can't run the build: like a failed run, no mistake of a file.
  static let badMachine = failedRun

  /// Stopped by a signal.
  static func stopped(by signal: Int32) -> ExitCode { ExitCode(128 + signal) }
}

extension ExitCode {
  /// The code for an error that is worded for the user; nil for any other.
  init?(worded error: any Error) {
    switch error {
    case let error as ResultsDatabaseError:
      if case .missing = error { self = ExitStatus.noInput } else { self = ExitStatus.badData }
    case let error as WeightFileError: self = error.fault == .missing ? ExitStatus.noInput : ExitStatus.badData
    case let error as CorpusError: self = error.isMissingFile ? ExitStatus.noInput : ExitStatus.badData
    case is TokenizerError, is UserError, is FileError, is ModelFolderError: self = ExitStatus.badData
    default: return nil
    }
  }
}

/// A mistake that is told to the user as it is worded.
struct UserError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
