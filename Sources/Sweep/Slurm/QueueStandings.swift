import Words

/// How the jobs that `sweep slurm` has submitted stand in Slurm's queue.
struct QueueStandings {
  /// A line for each sweep whose scripts lie beside the database; none where there are none, or no Slurm.
  let lines: [String]

  /// Seconds that squeue may take: there is more to show than what it says.
  private static let patience = 10.0

  init(beside database: DatabaseOptions) {
    let names = ClusterSweep.names(beside: database)
    guard !names.isEmpty, Slurm.has("squeue") else {
      lines = []
      return
    }
    do {
      let jobs = try Slurm.queue(names.flatMap { [$0, ClusterSweep.mergeName(of: $0)] }, patience: Self.patience)
      lines = names.map { Self.line($0, jobs) }
    } catch {
      lines = ["Slurm's queue can't be read: \(error)"]
    }
  }

  /// "heads-1a2b3c4d: 3 running, 2 pending (Resources); merge pending (Dependency)".
  static func line(_ name: String, _ jobs: [Slurm.QueuedJob]) -> String {
    func words(_ name: String, counts: Bool) -> String {
      let jobs = jobs.filter { $0.name == name }
      let groups = Dictionary(grouping: jobs) { job in
        // Where a job runs doesn't say why it waits.
        let reason = job.state == "PENDING" && !job.reason.isEmpty ? " \(job.reason)" : ""
        return job.state.lowercased() + reason
      }
      return groups.mapValues(\.count).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { counts ? "\($0.value) \($0.key)" : $0.key }.joined(separator: ", ")
    }
    let (tasks, merge) = (words(name, counts: true), words(ClusterSweep.mergeName(of: name), counts: false))
    if tasks.isEmpty, merge.isEmpty { return "\(name): nothing in Slurm's queue" }
    return "\(name): \(tasks.isEmpty ? "no task" : tasks)\(merge.isEmpty ? "" : "; merge \(merge)")"
  }
}
