import Testing

@testable import Store

@Suite(.timeLimit(.minutes(10)))
struct NetworkFileSystemTests {
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
      ("/home/me/results.sqlite", nil), ("/mnt/data", "nfs4"), ("/mnt/data/r.sqlite", "nfs4"),
      ("/mnt/database/r.sqlite", nil), ("/mnt/data/local/r.sqlite", nil), ("/mnt/with space/r.sqlite", "cifs"),
      ("/over/r.sqlite", nil), ("/ssh/r.sqlite", "fuse.sshfs"), ("/disk/r.sqlite", nil),
    ] as [(String, String?)])
  func types(path: String, type: String?) {
    #expect(NetworkFileSystem.type(of: path, mounts: Self.mounts) == type)
  }

  @Test("A list that can't be understood says nothing")
  func nonsense() {
    for mounts in ["", "x", " - ", "a b c d e f - ", "\n\n"] {
      #expect(NetworkFileSystem.type(of: "/a", mounts: mounts) == nil)
    }
  }
}
