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

  @Test("What is left of a limited group's memory counts the cache of files as free, in both versions")
  func left() {
    let two = [
      "/sys/fs/cgroup/a/memory.max": "1000\n", "/sys/fs/cgroup/a/memory.current": "700\n",
      "/sys/fs/cgroup/a/memory.stat": "anon 500\ninactive_file 150\n", "/sys/fs/cgroup/memory.max": "max\n",
    ]
    #expect(ControlGroups.memoryLeft(membership: "0::/a\n") { two[$0] } == 450)
    let one = [
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "1000", "/sys/fs/cgroup/memory/memory.usage_in_bytes": "1200",
      "/sys/fs/cgroup/memory/memory.stat": "total_inactive_file 50\n",
    ]
    #expect(ControlGroups.memoryLeft(membership: "4:memory:/\n") { one[$0] } == 0)
    #expect(ControlGroups.memoryLeft(membership: "") { _ in nil } == nil)
  }

  @Test(
    "Processors are as many as the groups give time for, in both versions",
    arguments: [
      (
        "0::/a/b\n", ["/sys/fs/cgroup/a/cpu.max": "150000 100000\n", "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n"], 1.5
      ),
      (
        "3:cpu,cpuacct:/x\n",
        ["/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "200000\n", "/sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n"], 2
      ),
      (
        "3:cpu:/\n",
        ["/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"], nil
      ),
      ("nonsense", ["/sys/fs/cgroup/cpu.max": "x"], nil),
    ] as [(String, [String: String], Double?)])
  func processors(membership: String, files: [String: String], limit: Double?) {
    #expect(ControlGroups.processorLimit(membership: membership) { files[$0] } == limit)
  }
}
