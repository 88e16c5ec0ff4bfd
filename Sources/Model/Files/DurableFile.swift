import Foundation
import Synchronization

/// Files that are whole whenever the process or the machine stops.
enum DurableFile {
  /// Files that this process has begun to write.
  private static let count = Atomic(0)

  /// Where a file is written before it takes its place: a name of its own, so that two processes that write the same file, or a
  /// stopped one that goes on, never write into each other's. The process's number stands in it.
  private static func partialPath(of url: URL) -> String {
    let number = count.wrappingAdd(1, ordering: .relaxed).newValue
    return "\(url.path).\(ProcessInfo.processInfo.processIdentifier)-\(number).new"
  }

  /// Writes what `contents` puts, piece by piece, beside its place, flushes it to the disk, and renames the file; where
  /// `previous` is given, the file that stood in the place is renamed to it first.
  ///
  /// - Throws: `FileError`, or what the closures throw. Of the file that stood in the place and the new one, one is whole and
  ///   stands in the place or is `previous`.
  static func write(
    to url: URL, previous: URL? = nil, beforeRenaming: () throws -> Void = {},
    contents: (_ put: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let beside = partialPath(of: url)
    do {
      try create(beside, contents)
      try beforeRenaming()
      if let previous, rename(url.path, previous.path) != 0, errno != ENOENT {
        // The folder is there, so it is the file that is none.
        throw FileError(path: url.path, code: errno == ENOTDIR ? EISDIR : errno)
      }
      guard rename(beside, url.path) == 0 else { throw FileError(path: url.path) }
    } catch {
      unlink(beside)
      throw error
    }
    try flush(url.deletingLastPathComponent().path)
  }

  /// Writes a file and flushes it to the disk.
  private static func create(
    _ path: String, _ contents: (_ put: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw FileError(path: path) }
    defer { close(file) }
    try contents { try write($0, to: file, path: path) }
    guard fsync(file) == 0 else { throw FileError(path: path) }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, path: String) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
      // At most a gigabyte at a time: some systems refuse more than two.
      let written = Foundation.write(file, rest.baseAddress, min(rest.count, 1 << 30))
      if written > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      } else if written == 0 || errno != EINTR {
        throw FileError(path: path)
      }
    }
  }

  /// Makes the names in a folder last.
  private static func flush(_ folder: String) throws(FileError) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: folder) }
    defer { close(descriptor) }
    // Some file systems have nothing to flush for a folder and say so.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError(path: folder) }
  }
}

/// Why a file can't be written: the system's own words, for the user.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// The file's or folder's path.
  public let path: String
  /// The system's error number.
  public let code: Int32

  /// The error that the system has just reported.
  init(path: String, code: Int32 = errno) {
    self.path = path
    self.code = code
  }

  /// The error behind one of Foundation's.
  public init(path: String, cause: any Error) {
    let underlying = (cause as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? cause
    let isNumber = (underlying as NSError).domain == NSPOSIXErrorDomain
    self.init(path: path, code: isNumber ? Int32((underlying as NSError).code) : EIO)
  }

  /// The fact, and the remedy.
  public var description: String {
    switch code {
    case EEXIST, ENOTDIR:
      "\(path): a file stands where a folder is needed. Move it away; the same command then goes on."
    case EISDIR, ENOTEMPTY:
      "\(path): a folder stands where a file is needed. Move it away; the same command then goes on."
    case ENOENT:
      "\(path): its folder is no longer there. The same command makes it anew and goes on."
    default:
      "\(path): \(String(cString: strerror(code))). Make room, or make the folder writable; the same command then goes on."
    }
  }
}
