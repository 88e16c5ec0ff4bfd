import Foundation

/// Which file a path leads to, links followed: device and inode, by which the system tells files apart whatever they are called.
struct FileIdentity: Equatable {
  let device: UInt64
  let inode: UInt64

  /// Nil where there is no file.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
  }

  /// How many names the file has: hard links, of which none is a link to another.
  static func names(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_nlink) : 0
  }

  /// The file's size in bytes; 0 where there is none.
  static func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
