import Foundation

/// What a file system is to SQLite's write-ahead log, which needs memory that all processes share: on a file system that several
/// machines see, or a virtual machine and its host, the log corrupts the database. https://www.sqlite.org/wal.html
enum FileSystem: Equatable {
  /// Of this machine alone.
  case local
  /// Of several machines, or shared with a host: its type.
  case shared(String)
  /// Of a type that isn't known.
  case unknown(String)

  private static let localTypes: Set<String> = [
    "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "reiserfs", "nilfs2", "bcachefs", "zfs", "tmpfs", "ramfs",
    "rootfs", "overlay", "aufs", "fuseblk", "vfat", "msdos", "exfat", "ntfs", "ntfs3", "hfs", "hfsplus", "apfs",
    "udf", "ufs", "minix", "ecryptfs", "devtmpfs", "hugetlbfs", "squashfs", "erofs", "iso9660", "fuse.overlayfs",
    "fuse.fuse-overlayfs", "fuse.ntfs-3g", "fuse.exfat", "fuse.ext2", "fuse.encfs", "fuse.gocryptfs", "fuse.securefs",
    "fuse.zfs",
  ]

  /// Their own names, and those of programs of FUSE, which the system lists as "fuse.NAME".
  private static let sharedTypes: Set<String> = [
    "nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "coda", "ncpfs", "ceph", "lustre",
    "glusterfs", "beegfs", "fhgfs", "gpfs", "davfs", "davfs2", "panfs", "orangefs", "pvfs2", "ocfs2", "gfs", "gfs2",
    "wekafs", "acfs", "cvfs", "quobyte", "virtiofs", "vboxsf", "prl_fs", "vmhgfs", "vmhgfs-fuse", "drvfs",
    "fakeowner", "grpcfuse", "osxfs", "sshfs", "rclone", "s3fs", "gcsfuse", "goofys", "mountpoint-s3", "blobfuse",
    "blobfuse2", "smbnetfs", "curlftpfs", "mfs", "moosefs", "lizardfs", "juicefs", "seaweedfs", "cvmfs2", "dokan",
    "portal", "ceph-fuse", "gvfsd-fuse", "alluxio-fuse", "objectivefs", "hdfs", "fuse_dfs", "hf3fs", "afpfs",
    "auristorfs",
    "beegfs_nodev", "pmxcfs",
  ]

  /// The file system that a file lies on, or would lie on; local where the system has no list.
  static func of(_ path: String) -> FileSystem {
    guard let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return .local }
    var url = URL(fileURLWithPath: path)
    while !FileManager.default.fileExists(atPath: url.path), url.path != "/" { url.deleteLastPathComponent() }
    return of(url.resolvingSymlinksInPath().path, mounts: mounts)
  }

  /// As above for a path without links, among mounts as the system lists them: of those that hold the path the longest
  /// counts, and of equal ones the last. https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
  static func of(_ path: String, mounts: String) -> FileSystem {
    var nearest: (point: String, type: String)?
    for line in mounts.split(separator: "\n") {
      let halves = line.components(separatedBy: " - ")
      let (fields, rest) = (halves[0].split(separator: " "), halves.last?.split(separator: " ") ?? [])
      guard halves.count > 1, fields.count > 4, let type = rest.first else { continue }
      let point = unescaped(String(fields[4]))
      let holds = point == "/" || path == point || path.hasPrefix(point + "/")
      if holds, point.utf8.count >= (nearest?.point ?? "").utf8.count { nearest = (point, String(type)) }
    }
    guard let type = nearest?.type else { return .local }
    let program = type.hasPrefix("fuse.") ? String(type.dropFirst(5)) : type
    return sharedTypes.contains(program) ? .shared(type) : localTypes.contains(type) ? .local : .unknown(type)
  }

  /// The list writes space, tab, line break and backslash as octal numbers.
  private static func unescaped(_ text: String) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")].reduce(text) {
      $0.replacingOccurrences(of: $1.0, with: $1.1)
    }
  }
}
