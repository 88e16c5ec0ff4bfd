import Foundation

/// File systems of other machines, on which SQLite's write-ahead log can't be trusted: the processes of several machines don't
/// share memory. https://www.sqlite.org/wal.html
enum NetworkFileSystem {
  private static let types: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "glusterfs", "beegfs", "gpfs", "davfs",
    "fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.gcsfuse", "fuse.goofys",
    "fuse.davfs2", "fuse.smbnetfs", "fuse.curlftpfs", "fuse.mfs", "fuse.juicefs", "vboxsf", "prl_fs",
  ]

  /// The type of the network file system that a file lies on, or would lie on; nil where it is a local one.
  static func type(of path: String) -> String? {
    guard let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return nil }
    var url = URL(fileURLWithPath: path)
    while !FileManager.default.fileExists(atPath: url.path), url.path != "/" { url.deleteLastPathComponent() }
    return type(of: url.resolvingSymlinksInPath().path, mounts: mounts)
  }

  /// As above for a path without links, among mounts as the system lists them: of those that hold the path the longest
  /// counts, and of equal ones the last. https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
  static func type(of path: String, mounts: String) -> String? {
    var nearest: (point: String, type: String) = ("", "")
    for line in mounts.split(separator: "\n") {
      let halves = line.components(separatedBy: " - ")
      let (fields, rest) = (halves[0].split(separator: " "), halves.last?.split(separator: " ") ?? [])
      guard halves.count > 1, fields.count > 4, let type = rest.first else { continue }
      let point = unescaped(String(fields[4]))
      let holds = point == "/" || path == point || path.hasPrefix(point + "/")
      if holds, point.utf8.count >= nearest.point.utf8.count { nearest = (point, String(type)) }
    }
    return types.contains(nearest.type) ? nearest.type : nil
  }

  /// The list writes space, tab, line break and backslash as octal numbers.
  private static func unescaped(_ text: String) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")].reduce(text) {
      $0.replacingOccurrences(of: $1.0, with: $1.1)
    }
  }
}
