import Testing

@testable import Store

@Suite(.timeLimit(.minutes(10)))
struct FileSystemTests {
  private static let mounts = """
    22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
    30 22 0:40 / /mnt/data rw,relatime shared:1 - nfs4 server:/data rw,vers=4.2
    31 30 254:1 / /mnt/data/local rw - xfs /dev/vdb rw
    32 22 0:41 / /mnt/with\\040space rw - cifs //server/share rw
    33 22 0:42 / /over rw - nfs server:/x rw
    34 22 0:43 / /over rw - tmpfs tmpfs rw
    35 22 0:44 / /ssh rw - fuse.sshfs me@server: rw
    36 22 0:45 / /disk rw - fuseblk /dev/sdb1 rw
    """

  @Test(
    "A path's file system is that of the nearest mount, the last one where several are",
    arguments: [
      ("/home/me/results.sqlite", .local), ("/mnt/data", .shared("nfs4")), ("/mnt/data/r.sqlite", .shared("nfs4")),
      ("/mnt/database/r.sqlite", .local), ("/mnt/data/local/r.sqlite", .local),
      ("/mnt/with space/r.sqlite", .shared("cifs")), ("/over/r.sqlite", .local),
      ("/ssh/r.sqlite", .shared("fuse.sshfs")),
      ("/disk/r.sqlite", .local),
    ] as [(String, FileSystem)])
  func nearest(path: String, system: FileSystem) {
    #expect(FileSystem.of(path, mounts: Self.mounts) == system)
  }

  @Test(
    "Folders that a virtual machine shares with its host are shared, and clusters' and clouds' file systems",
    arguments: [
      "virtiofs", "fuse.grpcfuse", "fuse.osxfs", "fakeowner", "vmhgfs", "fuse.vmhgfs-fuse", "drvfs", "wekafs", "panfs",
      "orangefs",
      "pvfs2", "ocfs2", "gfs2", "9p", "vboxsf", "lustre", "fuse.s3fs", "fuse.juicefs", "smb3",
      "fuse.ceph-fuse", "fuse.gvfsd-fuse",
    ])
  func shared(type: String) {
    #expect(FileSystem.of("/a", mounts: "1 0 0:1 / / rw - \(type) x rw") == .shared(type))
  }

  @Test(
    "A type that nobody has heard of is unknown", arguments: ["fuse", "fuse.mystery", "brandnewfs", "fuse.nfs-like"])
  func unknown(type: String) {
    #expect(FileSystem.of("/a", mounts: "1 0 0:1 / / rw - \(type) x rw") == .unknown(type))
  }

  @Test("A list that can't be understood says nothing")
  func nonsense() {
    for mounts in ["", "x", " - ", "a b c d e f - ", "\n\n"] { #expect(FileSystem.of("/a", mounts: mounts) == .local) }
  }
}
