/// The options of sbatch that `sweep slurm` chooses by itself, and those that its user gives.
enum SbatchOptions {
  /// What makes an array that this program knows again, with tasks that go on: long names, short ones, and the option of `sweep slurm`
  /// that takes their place.
  private static let chosen: [(long: String, short: String?, own: String?)] = [
    ("array", "-a", "--tasks"), ("wrap", nil, nil), ("signal", nil, nil), ("job-name", "-J", nil), ("chdir", "-D", nil),
    ("time", "-t", "--time"), ("partition", "-p", "--partition"), ("nodes", "-N", "--nodes"), ("ntasks", "-n", nil),
    ("cpus-per-task", "-c", "--cores"), ("no-requeue", nil, nil), ("wait", "-W", nil), ("test-only", nil, "--dry-run"),
    ("clusters", "-M", nil),
  ]

  /// Why a word can't be given to sbatch; nil where it can.
  static func complaint(about word: String) -> String? {
    if let complaint = BatchScript.complaint(about: word) { return complaint }
    // sbatch knows a long option by its beginning.
    let name = String(word.prefix { $0 != "=" })
    let isLong = name.hasPrefix("--") && name.count > 2
    let found = chosen.first { isLong ? "--\($0.long)".hasPrefix(name) : $0.short.map(name.hasPrefix) ?? false }
    guard let found else { return nil }
    let remedy = found.own.map { "write \($0) before --, if need be." } ?? "leave it out."
    return "\(isLong ? name : found.short ?? name) is chosen by `sweep slurm`; \(remedy)"
  }

  /// Whether the words ask for memory.
  static func askForMemory(_ words: [String]) -> Bool {
    askForMemoryOfCores(words) || words.contains { $0.prefix { $0 != "=" } == "--mem" }
  }

  /// Whether the words ask for memory by cores, beside which sbatch takes no `--mem`.
  static func askForMemoryOfCores(_ words: [String]) -> Bool { words.contains { $0.hasPrefix("--mem-per-") } }

  /// Variables that would take the place of what stands in a script, or give a job the memory of that in which it was submitted.
  /// https://slurm.schedmd.com/sbatch.html#SECTION_INPUT-ENVIRONMENT-VARIABLES
  static let variables: Set<String> = [
    "SBATCH_ARRAY_INX", "SBATCH_CLUSTERS", "SBATCH_JOB_NAME", "SBATCH_MEM_PER_CPU", "SBATCH_MEM_PER_GPU",
    "SBATCH_MEM_PER_NODE", "SBATCH_NO_REQUEUE", "SBATCH_OPEN_MODE", "SBATCH_OUTPUT", "SBATCH_PARTITION",
    "SBATCH_SIGNAL", "SBATCH_TIMELIMIT", "SBATCH_WAIT", "SLURM_MEM_PER_CPU", "SLURM_MEM_PER_NODE",
  ]
}
