import Foundation

/// What Slurm has given a process's task, as its variables say: a cluster that binds no tasks to cores and limits no memory tells it
/// in no other way. https://slurm.schedmd.com/sbatch.html#SECTION_OUTPUT-ENVIRONMENT-VARIABLES
enum SlurmTask {
  /// The task's cores; nil where the variables say none.
  static func cores(_ environment: [String: String]) -> Int? {
    // The first is set where a number was asked for; the second is that of all the job's tasks on the node.
    ["SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"].lazy.compactMap { environment[$0].flatMap { Int($0) } }
      .first { $0 > 0 }
  }

  /// Bytes of memory of the job on this node; nil where the variables say none.
  static func memory(_ environment: [String: String]) -> Double? {
    func megabytes(_ name: String) -> Double? {
      // 0 asks for all of the node's.
      environment[name].flatMap { Double($0) }.flatMap { $0 > 0 ? $0 * 1_048_576 : nil }
    }
    if let node = megabytes("SLURM_MEM_PER_NODE") { return node }
    guard let core = megabytes("SLURM_MEM_PER_CPU"), let cores = cores(environment) else { return nil }
    return core * Double(cores)
  }
}
