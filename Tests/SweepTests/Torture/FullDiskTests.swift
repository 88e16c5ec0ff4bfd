import Foundation
import Testing

extension TortureTests {
  @Suite(.timeLimit(.minutes(10)))
  struct FullDiskTests {
    @Test("Where files may not grow past a limit, the sweep ends with a clear error, and goes on once they may")
    func limitedFiles() throws {
      let reference = try TortureSpec.reference.get()
      let sizes = TortureTests.amount(3, long: 12)
      var failures = 0
      for size in 1...sizes {
        let place = try Workplace()
        try TortureSpec.write(to: place)
        // The limit is in units of 512 bytes; every file counts for itself, the largest is the database or its log.
        // A program with thread sanitizer dies of a temporary file of its own that the limit cuts; it needs none.
        let command =
          "ulimit -f \(size * 600 / sizes); TMPDIR=/dev/null exec \(Workplace.programs.path)/sweep torture.json --jobs 2"
        let outcome = try place.run("/bin/sh", ["-c", command])
        if outcome.status != 0 {
          failures += 1
          try Self.expectStopped(outcome, place)
        }
        #expect(try place.sweep("torture.json", "--jobs", "2").status == 0)
        try SweepResults(of: place).expectSame(as: reference.results, "files limited to \(size * 300 / sizes) KiB")
      }
      #expect(failures > 0)
      TortureTests.report(
        "\(failures) of \(sizes) sweeps stopped by a limit of their files' sizes and finished without it")
    }

    @Test(
      "A disk that fills up ends the sweep with a clear error, and the same command goes on once there is room",
      .enabled("needs the right to mount a file system", { Disk.canMount }))
    func fullDisk() throws {
      let reference = try TortureSpec.reference.get()
      let sizes = TortureTests.amount(3, long: 12)
      var failures = 0
      for size in 1...sizes {
        let place = try Workplace()
        try TortureSpec.write(to: place)
        let disk = try Disk(at: place.path("results"), kibibytes: size * 1200 / sizes)
        let outcome = try place.sweep("torture.json", "--jobs", "2")
        if outcome.status != 0 {
          failures += 1
          try Self.expectStopped(outcome, place)
        }
        try disk.resize(kibibytes: 65_536)
        #expect(try place.sweep("torture.json", "--jobs", "2").status == 0)
        try SweepResults(of: place).expectSame(as: reference.results, "a disk of \(size * 1200 / sizes) KiB")
      }
      #expect(failures > 0)
      TortureTests.report("\(failures) of \(sizes) sweeps stopped by a full disk and finished once there was room")
    }

    @Test(
      "A disk that fills up ends a merge with a clear error, and the same command goes on once there is room",
      .enabled("needs the right to mount a file system", { Disk.canMount }))
    func fullDiskOfMerge() throws {
      let reference = try TortureSpec.reference.get()
      let place = try Workplace()
      try TortureSpec.write(to: place)
      for shard in ["1/2", "2/2"] {
        let outcome = try place.sweep("torture.json", "--shard", shard, "--database", "parts/results.sqlite")
        #expect(outcome.status == 0)
      }
      let sizes = TortureTests.amount(4, long: 12)
      var failures = 0
      for size in 1...sizes {
        let disk = try Disk(at: place.path("results"), kibibytes: size * 1200 / sizes)
        let outcome = try place.sweep("merge", "parts/shards")
        if outcome.status != 0 {
          failures += 1
          try Self.expectStopped(outcome, place)
        }
        try disk.resize(kibibytes: 65_536)
        #expect(try place.sweep("merge", "parts/shards").status == 0)
        try SweepResults(of: place).expectSame(as: reference.results, "a disk of \(size * 1200 / sizes) KiB")
      }
      #expect(failures > 0)
      TortureTests.report("\(failures) of \(sizes) merges stopped by a full disk and finished once there was room")
    }

    @Test("In a folder that can't be written a sweep says so, and works once it can be")
    func readOnlyFolder() throws {
      let place = try Workplace()
      try TortureSpec.write(to: place, steps: 25)
      let folder = place.path("results")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      func permit(_ permissions: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: folder.path)
      }
      let command = Workplace.unprivileged("\(Workplace.programs.path)/sweep torture.json --jobs 2")
      try permit(0o555)
      let refused = try place.run("/bin/sh", ["-c", command])
      #expect(refused.status == 65)
      #expect(refused.output == "")
      #expect(refused.errors.hasPrefix("sweep: results/results.sqlite: "))
      #expect(refused.errors.contains("Make the folder and the file writable"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
      try permit(0o777)
      let outcome = try place.run("/bin/sh", ["-c", command])
      #expect(outcome.status == 0)
    }

    /// What a sweep leaves that had to stop: words for the cause, a database that is sound, no run that seems alive.
    private static func expectStopped(_ outcome: Workplace.Outcome, _ place: Workplace) throws {
      #expect(outcome.status == 65, "\(outcome)")
      let last = outcome.errors.split(separator: "\n").last ?? ""
      #expect(last.hasPrefix("sweep: "), "\(outcome)")
      #expect(last.contains(/full|too large|No space|room/), "\(outcome)")
      if FileManager.default.fileExists(atPath: place.path("results/results.sqlite").path) {
        _ = try SweepResults(of: place)
      }
    }
  }
}

/// A file system in memory with a size of its own, mounted while the value lives.
private final class Disk {
  private let folder: URL

  /// Mounts it at the folder, which is made.
  init(at folder: URL, kibibytes: Int) throws {
    self.folder = folder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", folder.path])
  }

  deinit { try? Self.run("umount", [folder.path]) }

  func resize(kibibytes: Int) throws { try Self.run("mount", ["-o", "remount,size=\(kibibytes)k", folder.path]) }

  /// Whether this user may mount one.
  static let canMount: Bool = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sweep-mount-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    return (try? Disk(at: folder, kibibytes: 64)) != nil
  }()

  private struct Refused: Error {}

  private static func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw Refused() }
  }
}
