import Store
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ExperimentTests {
  let database: ResultsDatabase

  init() throws { database = try .inMemory() }

  @Test("Runs come back in the grid's order, each with its number")
  func order() throws {
    let runs = [run(dModel: 64), run(dModel: 32), run(dModel: 48)]
    let stored = try database.store(experiment(), runs)
    #expect(stored.map(\.dModel) == [64, 32, 48])
    #expect(Set(stored.map(\.id)).count == 3)
    #expect(stored.allSatisfy { $0.state == .queued && $0.id != nil })
    let experiment = try database.experiment(named: "widths")
    #expect(try database.runs(of: experiment) == stored)
    #expect(try database.run(stored[1].id ?? 0) == stored[1])
    #expect(try database.run(99) == nil)
  }

  @Test("The same configuration and seed is one run, whichever experiment brings it")
  func shared() throws {
    let one = try database.store(experiment("one"), [run(seed: 0), run(seed: 1)])
    let two = try database.store(experiment("two"), [run(seed: 1), run(lr: 0.2)])
    #expect(one[1] == two[0])
    #expect(Set((one + two).map(\.id)).count == 3)
    #expect(try database.known([run(seed: 1), run(seed: 7)]) == [one[1], nil])
    let keys = [run(seed: 1), run(seed: 7)].map { (config: $0.config, seed: $0.seed) }
    #expect(try database.states(of: keys) == [one[1].state, nil])
  }

  @Test("A spec stored again takes the place of its former text; runs it no longer has stay, and are known as such")
  func changedSpec() throws {
    let before = try database.store(experiment(spec: "old"), [run(lr: 1), run(lr: 2)])
    let first = try database.experiment(named: "widths")
    _ = try database.store(experiment(spec: "new"), [run(lr: 2), run(lr: 3)])
    let now = try database.experiment(named: "widths")
    #expect(now.id == first.id)
    #expect(now.createdAt == first.createdAt)
    #expect(now.spec == "new")
    #expect(try database.experiments().count == 1)
    #expect(try database.runs(of: now).map(\.lr) == [2, 3])
    #expect(try database.run(before[0].id ?? 0)?.lr == 1)
    #expect(try database.formerRuns(of: now).map(\.lr) == [1])
    _ = try database.store(experiment(spec: "old"), [run(lr: 1), run(lr: 2)])
    #expect(try database.runs(of: now).map(\.lr) == [1, 2])
    #expect(try database.formerRuns(of: now).map(\.lr) == [3])
  }

  @Test("Each version of a spec is remembered; the same text again is none")
  func specVersions() throws {
    for spec in ["a", "a", "b", "a"] { _ = try database.store(experiment(spec: spec), []) }
    _ = try database.store(experiment("other", spec: "c"), [])
    let versions = try database.specVersions(of: database.experiment(named: "widths"))
    #expect(versions.map(\.spec) == ["a", "b", "a"])
    #expect(versions.map(\.version) == [1, 2, 3])
    #expect(versions.map(\.specPath) == ["widths.json", "widths.json", "widths.json"])
  }

  @Test("An experiment keeps its axes, what it looks at, and each run's point on the axes")
  func axes() throws {
    let axes = [Axis(key: "corpus", values: ["a/b.txt", "\"c\".txt"]), Axis(key: "lr", values: [0.1, 1e-8, 2])]
    let measuring = Measuring(evalEvery: 5, sampleEvery: 0, prompts: ["a/\"é\"\n"], sampleTokens: 9, temperature: 0.3)
    let points: [[String: Scalar]] = [["corpus": "a/b.txt", "lr": 1e-8], ["corpus": "\"c\".txt"], [:]]
    let runs = (0..<3).map { run(seed: $0) }
    let stored = try database.store(
      experiment(axes: axes, measuring: measuring), runs: Array(zip(runs, points)).map { ($0, $1) })
    let read = try database.experiment(named: "widths")
    #expect(read.axes == axes)
    #expect(read.measuring == measuring)
    #expect(try database.grid(of: read).map(\.point) == points)
    #expect(try database.grid(of: read).map(\.run) == stored)
  }

  @Test("Runs that one experiment has are told apart by its axes; those of none together by nothing")
  func sharedAxes() throws {
    func store(_ name: String, _ key: String, _ runs: [Run]) throws -> [Run] {
      try database.store(
        experiment(name, axes: [Axis(key: key, values: [1, 2])]),
        runs: runs.enumerated().map { ($1, [key: .integer($0)]) })
    }
    let a = try store("a", "heads", [run(seed: 0), run(seed: 1)]).compactMap(\.id)
    let b = try store("b", "layers", [run(seed: 1), run(seed: 2), run(seed: 0)]).compactMap(\.id)
    _ = try store("a", "heads", [run(seed: 1)])
    #expect(try database.axes(sharedBy: Set(a))?.axes.map(\.key) == ["layers"])
    #expect(
      try database.axes(sharedBy: Set(b))?.points == [b[0]: ["layers": 0], b[1]: ["layers": 1], b[2]: ["layers": 2]])
    #expect(try database.axes(sharedBy: [a[1]])?.axes.map(\.key) == ["heads"])
    #expect(try database.axes(sharedBy: [a[0], 99]) == nil)
  }

  @Test("A grid larger than a transaction is stored whole and in order, what was there already included")
  func manyRuns() throws {
    let known = try database.store(experiment("other"), [run(seed: 700)])
    let stored = try database.store(experiment(), (0..<1100).map { run(seed: $0) })
    #expect(stored.map(\.seed) == Array(0..<1100))
    #expect(stored[700] == known[0])
    #expect(try database.runs(of: database.experiment(named: "widths")) == stored)
  }

  @Test("Numbers of runs and of experiments never come back after a deletion")
  func numbers() throws {
    let first = try database.store(experiment(), [run(), run(seed: 1)])
    let old = try database.experiment(named: "widths")
    _ = try database.delete(old, expected: database.deletion(of: old))
    let second = try database.store(experiment(), [run(seed: 1)])
    #expect(second[0].id ?? 0 > first[1].id ?? .max)
    #expect(try database.experiment(named: "widths").id ?? 0 > old.id ?? .max)
  }

  @Test("Times are UTC, ISO 8601")
  func times() throws {
    _ = try database.store(experiment(), [])
    let time = try database.experiment(named: "widths").createdAt
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(time)")
  }

  @Test(
    "Names are data",
    arguments: ["'; DROP TABLE runs; --", "\"quoted\"", "$(touch x) `x`", "line\nbreak", "🦊 größe", "%_*?"])
  func names(name: String) throws {
    _ = try database.store(experiment(name), [run()])
    #expect(try database.experiment(named: name).name == name)
    #expect(try database.experiments().map(\.name) == [name])
  }

  @Test("A name that isn't there is told with those that are")
  func unknown() throws {
    _ = try database.store(experiment("a"), [])
    #expect(throws: ResultsDatabaseError.noExperiment(name: "b", known: ["a"])) {
      try database.experiment(named: "b")
    }
  }
}
