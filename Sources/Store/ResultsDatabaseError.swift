import Foundation
import GRDB

/// Why a database can't be used. The description is worded for the user and says what to do.
public enum ResultsDatabaseError: Error, Equatable, CustomStringConvertible {
  /// There is no such file, and it was to be read.
  case missing(path: String)
  /// The path leads to a folder.
  case folder(path: String)
  /// The file isn't a SQLite database.
  case notADatabase(path: String)
  /// The file is a SQLite database of another program.
  case foreign(path: String)
  /// The file was written by a newer version of this program.
  case newer(path: String, version: Int32, known: Int32)
  /// The file is of an older version, and it was to be read only.
  case older(path: String, version: Int32, known: Int32)
  /// The file can't be made, opened or written.
  case unusable(path: String, reason: String, remedy: String)
  /// Another process keeps the file locked.
  case locked(path: String)
  /// The write-ahead log beside the file belongs to another file that stood there before.
  case staleLog(path: String)
  /// The file lies on a file system of another machine.
  case network(path: String, type: String)
  /// The file is no longer where it was when it was opened.
  case moved(path: String)
  /// There is a file already where one was to be made.
  case exists(path: String)
  /// Runs of a database that is to be merged are being trained.
  case inUse(path: String, runs: [Int64], process: String)
  /// A database that is to be merged has an experiment of a name that stands for another spec.
  case otherSpec(path: String, name: String)
  /// The database holds no experiment of that name.
  case noExperiment(name: String, known: [String])

  /// The fact, the user's text and the remedy.
  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): no such file. Train something first with `sweep run SPEC...`, or name the database with --database."
    case .folder(let path):
      "\(path): is a folder. Name a database file with --database, such as \(path.hasSuffix("/") ? path : path + "/")results.sqlite."
    case .notADatabase(let path):
      "\(path): isn't a SQLite database. Nothing was changed; name another file with --database."
    case .foreign(let path):
      "\(path): is a SQLite database of another program. Nothing was changed; name another file with --database."
    case .newer(let path, let version, let known):
      "\(path): was written by a newer version of this program (schema \(version), this one knows \(known)). "
        + "Nothing was changed; update this program, or name another file with --database."
    case .older(let path, let version, let known):
      "\(path): was written by an older version of this program (schema \(version), this one reads \(known)). "
        + "`sweep status --database \(path)` brings it up to date."
    case .unusable(let path, let reason, let remedy):
      "\(path): \(reason). \(remedy)"
    case .locked(let path):
      "\(path): another process keeps it locked. `fuser \(path)` names the processes that have it open."
    case .staleLog(let path):
      "\(path)-wal: belongs to another database, which stood there before \(path). Nothing was changed; remove \(path)-wal and "
        + "\(path)-shm if \(path) is a copy that was put back."
    case .network(let path, let type):
      "\(path): lies on a file system that several machines share (\(type)), where SQLite's write-ahead log can't be trusted. Name a database on "
        + "a local disk with --database, or give each machine a database of its own with --shard."
    case .moved(let path):
      "\(path): the database was removed, renamed or replaced while it was in use. Nothing more is stored. Put it back, with "
        + "the file that ends in -wal if there is one, and run the command again."
    case .exists(let path):
      "\(path): there is a file of that name already. Name another one."
    case .inUse(let path, let runs, let process):
      "\(path): \(process) trains \(runs.count == 1 ? "run" : "runs") \(runs.prefix(5).map(String.init).joined(separator: ", "))"
        + "\(runs.count > 5 ? " and \(runs.count - 5) more" : ""). Nothing of it was merged; stop the process or wait for its end. A "
        + "process that was killed on another machine counts as gone after a minute."
    case .otherSpec(let path, let name):
      "\(path): \"\(name)\" is the name of another spec there. Nothing of it was merged; give one of the specs another \"name\", or merge "
        + "it into another database with --database."
    case .noExperiment(let name, let known):
      known.isEmpty
        ? "\"\(name)\": no such experiment; the database holds none."
        : "\"\(name)\": no such experiment. The database holds: \(known.map { "\"\($0)\"" }.joined(separator: ", "))."
    }
  }
}

extension ResultsDatabaseError {
  private static let other = "another file with --database"
  private static func writable(_ other: String) -> String { "Make the folder and the file writable, or name \(other)." }
  private static let room = "Make room; the same command then goes on."

  /// SQLite's error, by its code: https://www.sqlite.org/rescode.html. A database that was moved is told by the caller, who looks.
  ///
  /// - Parameter other: What else somebody might name, as an advice has it.
  init(_ error: DatabaseError, path: String, other: String = Self.other) {
    // SQLite's own words are of its last error, which a rollback may have followed. Of a damaged database they may hold any text of it.
    let message = error.message == "not an error" ? nil : error.message
    let words = (message ?? "\(error.resultCode)").replacing("*** in database main ***\n", with: "").prefix(300)
    let file = UserPath.followingLinks(path)
    let hasLog = FileIdentity.size(of: file + "-wal") > 0
    self =
      switch error.resultCode {
      case .SQLITE_FULL: .unusable(path: path, reason: "the disk is full", remedy: Self.room)
      case .SQLITE_IOERR:
        .unusable(path: path, reason: "the disk can't be read or written, or is full (\(words))", remedy: Self.room)
      case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED: .moved(path: path)
      case .SQLITE_READONLY, .SQLITE_PERM:
        .unusable(path: path, reason: "the file or its folder can't be written", remedy: Self.writable(other))
      case .SQLITE_CANTOPEN: Self.cannotOpen(path, other: other)
      case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: .locked(path: path)
      case .SQLITE_CORRUPT:
        .unusable(
          path: path, reason: "the database is damaged (\(words))",
          remedy: hasLog
            ? "If it is a copy that was put back, remove \(file)-wal and \(file)-shm, which belong to the file before it. "
              + "Else `sqlite3 \(path) .recover` saves what can be read."
            : "Put a copy back, such as `sweep export-db` makes; `sqlite3 \(path) .recover` saves what can be read.")
      case .SQLITE_NOTADB: .notADatabase(path: path)
      case .SQLITE_NOMEM:
        .unusable(path: path, reason: "SQLite got no memory", remedy: "Leave more to it, such as by fewer --jobs.")
      default:
        .unusable(
          path: path, reason: "its tables aren't as this program made them (SQLite: \(words))",
          remedy: "If a newer version of the program has used it, use that one; else put back a copy.")
      }
  }

  /// Why SQLite can't open a file, which it doesn't say. The file isn't opened to learn it: to close it again would end SQLite's
  /// locks, https://www.sqlite.org/howtocorrupt.html.
  private static func cannotOpen(_ path: String, other: String) -> Self {
    let folder = URL(fileURLWithPath: UserPath.followingLinks(path)).deletingLastPathComponent().path
    if access(path.isEmpty ? path : folder, F_OK) != 0 { return Self(errno, path: path, other: other) }
    for (file, mode) in [(path, R_OK | W_OK), (path + "-journal", F_OK), (folder, W_OK | X_OK)]
    where access(file, mode) != 0 && errno != ENOENT {
      return Self(errno, path: path, other: other)
    }
    return .unusable(path: path, reason: "the file or one beside it can't be opened", remedy: writable(other))
  }

  /// The system's error, by its number.
  init(_ code: Int32, path: String, other: String = Self.other) {
    let isAbsent = code == ENOENT || code == ENOTDIR
    self = .unusable(
      path: path, reason: isAbsent ? "there is no such folder" : String(cString: strerror(code)).lowercased(),
      remedy: [EACCES, EPERM, EROFS].contains(code) ? Self.writable(other) : "Name \(other).")
  }

  /// The file system's error.
  init(_ error: CocoaError, path: String) {
    let (reason, remedy) =
      switch error.code {
      case .fileReadNoPermission, .fileWriteNoPermission: ("permission denied", Self.writable(Self.other))
      case .fileWriteVolumeReadOnly: ("the file system is read-only", Self.writable(Self.other))
      case .fileWriteOutOfSpace: ("the disk is full", Self.room)
      case .fileWriteFileExists: ("a file stands where a folder is needed", "Name another file with --database.")
      default: ("can't be opened (\(error.localizedDescription))", Self.writable(Self.other))
      }
    self = .unusable(path: path, reason: reason, remedy: remedy)
  }
}
