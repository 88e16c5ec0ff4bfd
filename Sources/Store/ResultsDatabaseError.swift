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
  case unusable(path: String, reason: String)
  /// The file lies on a file system of another machine.
  case network(path: String, type: String)
  /// The file is no longer where it was when it was opened.
  case moved(path: String)
  /// There is a file already where one was to be made.
  case exists(path: String)
  /// The database holds no experiment of that name.
  case noExperiment(name: String, known: [String])

  /// The fact, the user's text and the remedy.
  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): no such file. Train something first with `sweep run SPEC...`, or name the database with --database."
    case .folder(let path):
      "\(path): is a folder. Name a database file with --database, such as \(path)/results.sqlite."
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
    case .unusable(let path, let reason):
      "\(path): \(reason). Make the folder and the file writable, or name another file with --database."
    case .network(let path, let type):
      "\(path): lies on a network file system (\(type)), where SQLite's write-ahead log can't be trusted. Name a database on "
        + "a local disk with --database."
    case .moved(let path):
      "\(path): the database was removed, renamed or replaced while it was in use. Nothing more is stored. Put it back, with "
        + "the file that ends in -wal if there is one, and run the command again."
    case .exists(let path):
      "\(path): there is a file of that name already. Name another one."
    case .noExperiment(let name, let known):
      known.isEmpty
        ? "\"\(name)\": no such experiment; the database holds none."
        : "\"\(name)\": no such experiment. The database holds: \(known.map { "\"\($0)\"" }.joined(separator: ", "))."
    }
  }
}

extension ResultsDatabaseError {
  /// SQLite's error where its cause lies outside the database and the user can mend it; nil for any other.
  init?(_ error: DatabaseError, path: String?) {
    guard let path else { return nil }
    switch error.resultCode {
    case .SQLITE_FULL: self = .unusable(path: path, reason: "the disk is full")
    case .SQLITE_IOERR: self = .unusable(path: path, reason: "the disk can't be read or written, or is full")
    case .SQLITE_READONLY: self = .unusable(path: path, reason: "the file or its folder can't be written")
    case .SQLITE_CANTOPEN: self = .unusable(path: path, reason: "the file or one beside it can't be opened")
    case .SQLITE_BUSY: self = .unusable(path: path, reason: "another process has kept it locked for half a minute")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .unusable(path: path, reason: "the database is damaged")
    default: return nil
    }
  }
}
