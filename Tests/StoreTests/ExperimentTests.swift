import Store
import Testing

struct ExperimentTests {
  let database: ResultsDatabase

  init() throws { database = try .inMemory() }

  @Test("Runs come back in the grid's order, each with its number")
  func order() throws {
    let runs = [run(dModel: 64), run(dModel: 32), run(dModel: 48)]
    let stored = try database.store(experiment(), runs: runs)
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
    let one = try database.store(experiment("one"), runs: [run(seed: 0), run(seed: 1)])
    let two = try database.store(experiment("two"), runs: [run(seed: 1), run(lr: 0.2)])
    #expect(one[1] == two[0])
    #expect(Set((one + two).map(\.id)).count == 3)
    #expect(try database.known([run(seed: 1), run(seed: 7)]) == [one[1], nil])
  }

  @Test("A spec stored again takes the place of its former text; runs it no longer has stay, and are known as such")
  func changedSpec() throws {
    let before = try database.store(experiment(spec: "old"), runs: [run(lr: 1), run(lr: 2)])
    let first = try database.experiment(named: "widths")
    _ = try database.store(experiment(spec: "new"), runs: [run(lr: 2), run(lr: 3)])
    let now = try database.experiment(named: "widths")
    #expect(now.id == first.id)
    #expect(now.createdAt == first.createdAt)
    #expect(now.spec == "new")
    #expect(try database.experiments().count == 1)
    #expect(try database.runs(of: now).map(\.lr) == [2, 3])
    #expect(try database.run(before[0].id ?? 0)?.lr == 1)
    #expect(try database.formerRuns(of: now).map(\.lr) == [1])
    _ = try database.store(experiment(spec: "old"), runs: [run(lr: 1), run(lr: 2)])
    #expect(try database.runs(of: now).map(\.lr) == [1, 2])
    #expect(try database.formerRuns(of: now).map(\.lr) == [3])
  }

  @Test("Each version of a spec is remembered; the same text again is none")
  func specVersions() throws {
    for spec in ["a", "a", "b", "a"] { _ = try database.store(experiment(spec: spec), runs: []) }
    _ = try database.store(experiment("other", spec: "c"), runs: [])
    let versions = try database.specVersions(of: database.experiment(named: "widths"))
    #expect(versions.map(\.spec) == ["a", "b", "a"])
    #expect(versions.map(\.version) == [1, 2, 3])
    #expect(versions.map(\.specPath) == ["widths.json", "widths.json", "widths.json"])
  }

  @Test("Times are UTC, ISO 8601")
  func times() throws {
    _ = try database.store(experiment(), runs: [])
    let time = try database.experiment(named: "widths").createdAt
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(time)")
  }

  @Test(
    "Names are data",
    arguments: ["'; DROP TABLE runs; --", "\"quoted\"", "$(touch x) `x`", "line\nbreak", "🦊 größe", "%_*?"])
  func names(name: String) throws {
    _ = try database.store(experiment(name), runs: [run()])
    #expect(try database.experiment(named: name).name == name)
    #expect(try database.experiments().map(\.name) == [name])
  }

  @Test("A name that isn't there is told with those that are")
  func unknown() throws {
    _ = try database.store(experiment("a"), runs: [])
    #expect(throws: ResultsDatabaseError.noExperiment(name: "b", known: ["a"])) {
      try database.experiment(named: "b")
    }
  }
}
