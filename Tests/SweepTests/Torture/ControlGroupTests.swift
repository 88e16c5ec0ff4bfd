import Foundation
import Testing

extension TortureTests {
  @Suite(.timeLimit(.minutes(10)))
  struct ControlGroupTests {
    @Test(
      "In a group within a group whose processors or memory are limited a sweep makes do, and ends with the same bits",
      arguments: ["cpu", "memory"])
    func nested(controller: String) throws {
      let group: NestedGroup
      do {
        group = try NestedGroup(controller: controller, megabytes: 96)
      } catch {
        return TortureTests.report("no control group that limits \(controller): \(error)")
      }
      let reference = try TortureSpec.reference.get()
      let place = try Workplace()
      try TortureSpec.write(to: place)
      let sweep = "exec timeout -s KILL 300 \(Workplace.programs.path)/sweep torture.json"
      let outcome = try place.run("/bin/sh", ["-c", "echo $$ > \(group.inner)/cgroup.procs && \(sweep)"])
      // Where memory is short runs fail, with the figure.
      #expect(outcome.status == 0 || controller == "memory" && outcome.status == 1, "\(outcome)")
      #expect(outcome.status == 0 || outcome.errors.contains("of memory"), "\(outcome)")
      if controller == "cpu" {
        let kinds = SweepEvent.all(in: outcome.errors).map { $0.kind == "started" }
        #expect(zip(kinds, kinds.dropFirst()).allSatisfy { $0 != $1 }, "more than one run at a time: \(outcome)")
      }
      #expect(try place.sweep("torture.json", "--retry-failed").status == 0)
      try SweepResults(of: place).expectSame(as: reference.results, "in a group that limits \(controller)")
      TortureTests.report(
        "a sweep in a group within a group that limits \(controller): \(outcome.summary.dropLast()); then "
          + "\(TortureSpec.runs) runs compared")
    }
  }
}

/// A control group with a limit, and one without in it; both go away with the value.
private final class NestedGroup {
  /// Why there is none.
  struct Unavailable: Error, CustomStringConvertible { let description: String }

  let inner: String
  private let outer: String

  /// Makes both below the root of what this process sees: a group further down belongs to who has made it.
  ///
  /// - Parameter megabytes: The limit where the controller is memory; of processors it is one.
  init(controller: String, megabytes: Int) throws {
    let lines = ((try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? "").split(separator: "\n")
      .map { $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false) }.filter { $0.count == 3 }
    let one = lines.first { $0[1].split(separator: ",").contains(Substring(controller)) }
    guard let own = one ?? lines.first(where: { $0[1].isEmpty }) else {
      throw Unavailable(description: "the system has none")
    }
    guard own[2] == "/" else {
      throw Unavailable(description: "the process is in the group \(own[2]) of another program")
    }
    let root = one == nil ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(controller)"
    outer = "\(root)/sweep-\(UUID().uuidString)"
    inner = "\(outer)/inner"
    for folder in [outer, inner] where mkdir(folder, 0o755) != 0 {
      throw Unavailable(description: "\(folder) can't be made: \(String(cString: strerror(errno)))")
    }
    let settings =
      switch (controller, one != nil) {
      case ("cpu", true): [("cpu.cfs_period_us", "100000"), ("cpu.cfs_quota_us", "100000")]
      case ("cpu", false): [("cpu.max", "100000 100000")]
      case (_, true): [("memory.limit_in_bytes", "\(megabytes << 20)")]
      case (_, false): [("memory.max", "\(megabytes << 20)")]
      }
    for (file, text) in settings {
      // Where the controller isn't handed on there is no such file, and it must not be made.
      guard let handle = FileHandle(forWritingAtPath: "\(outer)/\(file)"),
        (try? handle.write(contentsOf: Data(text.utf8))) != nil
      else { throw Unavailable(description: "\(outer)/\(file) can't be written") }
    }
  }

  deinit { for folder in [inner, outer] { rmdir(folder) } }
}
