/// How a sweep is cut into tasks for a cluster.
package struct ClusterPlan: Equatable, Sendable {
  /// What the cluster gives.
  package struct Offer: Sendable {
    /// Nodes that work at a time.
    package let nodes: Int
    /// Cores of a node.
    package let cores: Int
    /// Seconds that a task may take.
    package let seconds: Double
    /// The number of tasks, where somebody has chosen it.
    package let tasks: Int?

    package init(nodes: Int, cores: Int, seconds: Double, tasks: Int? = nil) {
      (self.nodes, self.cores, self.seconds, self.tasks) = (nodes, cores, seconds, tasks)
    }
  }

  /// Tasks, each on a node, each with a shard.
  package let tasks: Int
  /// Cores of a task, and runs that go side by side in it.
  package let cores: Int

  /// The most tasks: Slurm takes no larger array unless it is told to. https://slurm.schedmd.com/slurm.conf.html#OPT_MaxArraySize
  package static let most = 1000
  /// What of its time limit a task shall need at most: the estimate is another machine's, and a node may be slower.
  private static let margin = 0.8

  /// A task for each node, or more where so many would need more time than a task may take; and none without a run. A task has no more
  /// cores than runs.
  ///
  /// - Parameter seconds: What each run takes on one core; nil where that isn't known.
  package init(for seconds: [Double?], on offer: Offer) {
    let runs = max(1, seconds.count)
    let work = seconds.reduce(0) { $0 + ($1 ?? 0) }
    let needed = (work / (Double(offer.cores) * Self.margin * offer.seconds)).rounded(.up)
    let wanted = max(offer.nodes, Int(min(needed, Double(Self.most))))
    tasks = min(offer.tasks ?? min(wanted, Self.most), runs)
    cores = min(offer.cores, (runs + tasks - 1) / tasks)
  }
}
