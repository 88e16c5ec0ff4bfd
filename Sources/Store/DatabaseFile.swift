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

  init(at path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      // Somebody who writes a slash at the end means a folder.
      self = path.hasSuffix("/") ? .folder : .absent
      return
    }
    guard !isFolder.boolValue else {
      self = .folder
      return
    }
    // To open a pipe waits for somebody who writes to it.
    let kind = try FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)[.type]
    guard kind as? FileAttributeType == .typeRegular else {
      self = .notADatabase
      return
    }
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let header = [UInt8](try file.read(upToCount: 100) ?? Data())
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

  private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int32 {
    Int32(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) })
  }
}
