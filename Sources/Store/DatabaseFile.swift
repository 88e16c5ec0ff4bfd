import Foundation

/// What the first 100 bytes of a file say of it, read without opening it as a database, so that a file that isn't ours
/// is left exactly as it was. Layout: https://www.sqlite.org/fileformat2.html#the_database_header
enum DatabaseFile: Equatable {
  case absent, empty, folder
  /// Text, a picture, a pipe, a device.
  case notADatabase
  /// The beginning of a database's header. Whose the database was can't be told.
  case cutShort
  case database(Header)

  /// What the program needs to know of a database before it opens it.
  struct Header: Equatable {
    /// Whose database it is.
    var applicationID: Int32
    /// The schema's version.
    var version: Int32
    /// Whether the database is in WAL mode, so that a write-ahead log beside it is its own.
    var hasLog: Bool
  }

  /// - Throws: `ResultsDatabaseError` where it can't be known what stands there.
  init(at path: String) throws(ResultsDatabaseError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT || errno == ENOTDIR else { throw ResultsDatabaseError(errno, path: path) }
      if path.hasSuffix("/"), stat(String(path.dropLast()), &status) == 0 {
        throw .unusable(
          path: path, reason: "is a file, and a slash at the end means a folder", remedy: "Leave it away.")
      }
      // Somebody who writes a slash at the end means a folder.
      self = path.hasSuffix("/") ? .folder : .absent
      return
    }
    // To open a pipe waits for somebody who writes to it.
    guard status.st_mode & S_IFMT == S_IFREG else {
      self = status.st_mode & S_IFMT == S_IFDIR ? .folder : .notADatabase
      return
    }
    let header: [UInt8]
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      header = [UInt8](try file.read(upToCount: 100) ?? Data())
    } catch {
      throw (error as? CocoaError).map { ResultsDatabaseError($0, path: path) } ?? ResultsDatabaseError(EIO, path: path)
    }
    if header.isEmpty {
      self = .empty
    } else if header.count == 100, header.starts(with: Array("SQLite format 3\0".utf8)) {
      self = .database(
        Header(
          applicationID: Self.bigEndian(header[68..<72]), version: Self.bigEndian(header[60..<64]),
          hasLog: header[19] == 2))
    } else if header.count < 100, header.starts(with: Array("SQLite format 3".utf8)) {
      self = .cutShort
    } else {
      self = .notADatabase
    }
  }

  /// The write-ahead log of the database there, which stands beside the file itself and not beside a link to it.
  static func log(of path: String) -> String { UserPath.followingLinks(path) + "-wal" }

  private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int32 {
    Int32(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) })
  }
}
