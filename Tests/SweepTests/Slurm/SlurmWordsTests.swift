import Testing

@testable import Sweep

@Suite(.timeLimit(.minutes(10)))
struct SlurmWordsTests {
  @Test("Tasks are written as an array's option has them")
  func array() {
    #expect(Slurm.words([1, 2, 3, 7, 9, 10]) == "1-3,7,9-10")
    #expect(Slurm.words([5]) == "5")
  }

  @Test("A line of squeue is a task, or a job by itself")
  func queued() {
    let task = Slurm.QueuedJob(job: "12", name: "heads-1a2b3c4d", task: 3, state: "RUNNING", reason: "node1")
    #expect(Slurm.queued("12|heads-1a2b3c4d|3|RUNNING|node1") == task)
    let merge = Slurm.QueuedJob(
      job: "13", name: "heads-1a2b3c4d-merge", task: nil, state: "PENDING", reason: "(Dependency)")
    #expect(Slurm.queued("13|heads-1a2b3c4d-merge|N/A|PENDING|(Dependency)") == merge)
    #expect(Slurm.queued("nonsense") == nil)
  }

  @Test("No variable changes what Slurm's programs are asked")
  func variables() {
    let kept = ["PATH": "/bin", "SLURM_CONF": "c", "SBATCH_ACCOUNT": "a", "SLURM_CLUSTERS": "x"]
    let others = ["SQUEUE_STATES": "all", "SINFO_PARTITION": "p", "SBATCH_JOB_NAME": "n", "SBATCH_TIMELIMIT": "5"]
    #expect(Slurm.environment(kept.merging(others) { $1 }) == kept)
  }

  @Test("A sweep's jobs are counted by their state, and why they wait is told")
  func line() {
    func job(_ name: String, _ task: Int?, _ state: String, _ reason: String) -> Slurm.QueuedJob {
      Slurm.QueuedJob(job: "1", name: name, task: task, state: state, reason: reason)
    }
    let jobs = [
      job("a-1", 1, "RUNNING", "node1"), job("a-1", 2, "RUNNING", "node2"), job("a-1", 3, "PENDING", "(Resources)"),
      job("a-1-merge", nil, "PENDING", "(Dependency)"), job("b-2-merge", nil, "RUNNING", "node3"),
    ]
    #expect(QueueStandings.line("a-1", jobs) == "a-1: 2 running, 1 pending (Resources); merge pending (Dependency)")
    #expect(QueueStandings.line("b-2", jobs) == "b-2: no task; merge running")
    #expect(QueueStandings.line("c-3", jobs) == "c-3: nothing in Slurm's queue")
  }
}
