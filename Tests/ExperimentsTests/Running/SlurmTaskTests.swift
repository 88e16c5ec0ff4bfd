import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct SlurmTaskTests {
  @Test(
    "A task's cores are what Slurm's variables say",
    arguments: [
      ([:], nil), (["SLURM_CPUS_PER_TASK": "8"], 8), (["SLURM_CPUS_ON_NODE": "16"], 16),
      (["SLURM_CPUS_PER_TASK": "8", "SLURM_CPUS_ON_NODE": "16"], 8), (["SLURM_CPUS_PER_TASK": "x"], nil),
      (["SLURM_CPUS_PER_TASK": "0", "SLURM_CPUS_ON_NODE": "2"], 2),
    ] as [([String: String], Int?)])
  func cores(environment: [String: String], expected: Int?) { #expect(SlurmTask.cores(environment) == expected) }

  @Test(
    "A task's memory is the node's or that of its cores, in mebibytes; 0 is no limit",
    arguments: [
      ([:], nil), (["SLURM_MEM_PER_NODE": "2000"], 2_097_152_000),
      (["SLURM_MEM_PER_CPU": "1000", "SLURM_CPUS_PER_TASK": "3"], 3_145_728_000),
      (["SLURM_MEM_PER_CPU": "1000"], nil), (["SLURM_MEM_PER_NODE": "0"], nil), (["SLURM_MEM_PER_NODE": "-5"], nil),
    ] as [([String: String], Double?)])
  func memory(environment: [String: String], expected: Double?) { #expect(SlurmTask.memory(environment) == expected) }
}
