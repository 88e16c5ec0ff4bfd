import Answers
import Store

/// Where an experiment's results come from, fact by fact.
struct Origins {
  struct Fact: Equatable {
    let name: String
    /// The values that occur; with their numbers of runs where there are several.
    let values: [String]
  }

  let facts: [Fact]

  init(_ results: ExperimentResults) {
    let runs = results.runs
    func fact(_ name: String, _ value: (Run) -> String?) -> Fact? {
      let counts = Dictionary(grouping: runs.compactMap(value), by: \.self).mapValues(\.count)
      let values = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      guard !values.isEmpty else { return nil }
      return Fact(name: name, values: values.map { values.count == 1 ? $0.key : "\($0.key) (\($0.value) runs)" })
    }
    let times = runs.compactMap(\.provenance.startedAt).min().map { start in
      Fact(name: "trained", values: [start + (runs.compactMap(\.provenance.endedAt).max().map { " to \($0)" } ?? "")])
    }
    let spec = results.experiment.specPath
    facts = [
      fact("host", \.provenance.host), fact("CPU", \.provenance.cpu),
      fact("threads of a run", { $0.outcome.threads.map(String.init) }),
      fact("program", { $0.provenance.version.map { "sweep \($0)" } }),
      fact("commit", \.provenance.sourceCommit), fact("products", \.provenance.blas),
      fact(
        "corpus", { run in run.facts.corpus + (run.settings["corpus_sha256"].map { ", SHA-256 \($0.exact)" } ?? "") }),
      times,
      Fact(name: "spec", values: [spec]),
    ].compactMap(\.self)
  }
}
