import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct ControlGroupsTests {
  @Test(
    "The least limit of one's own group and of those around it counts, in both versions",
    arguments: [
      // Version 2: the group's own, one further up, the root's, none.
      ("0::/system.slice/job.scope\n", ["/sys/fs/cgroup/system.slice/job.scope/memory.max": "2000\n"], 2000),
      (
        "0::/a/b\n",
        [
          "/sys/fs/cgroup/a/b/memory.max": "max\n", "/sys/fs/cgroup/a/memory.max": "700",
          "/sys/fs/cgroup/memory.max": "900",
        ],
        700
      ),
      ("0::/\n", ["/sys/fs/cgroup/memory.max": "900\n"], 900),
      ("0::/a\n", ["/sys/fs/cgroup/a/memory.max": "max\n"], nil),
      // Version 1: the hierarchy that has the memory controller.
      (
        "5:cpu,cpuacct:/x\n4:memory:/slurm/job_7/step_0\n0::/\n",
        [
          "/sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes": "500\n",
          "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
          "/sys/fs/cgroup/memory/x/memory.limit_in_bytes": "1\n",
        ], 500
      ),
      // From within a namespace, and where nothing is known.
      ("0::/../../a\n", ["/sys/fs/cgroup/memory.max": "300\n"], 300),
      (nil, ["/sys/fs/cgroup/memory.max": "800\n"], 800), ("garbage", [:], nil),
    ] as [(String?, [String: String], Double?)])
  func memory(membership: String?, files: [String: String], limit: Double?) {
    #expect(ControlGroups.memoryLimit(membership: membership ?? "") { files[$0] } == limit)
  }
}
