import Foundation
import Store
import Testing

@testable import Experiments

@Suite(.timeLimit(.minutes(10)))
struct CleaningTests {
  /// A run's file name, of one letter.
  private func run(_ letter: Character) -> String { String(repeating: letter, count: 32) }

  private func gone(
    _ names: [String], neededWeights: Set<String> = [], hasNeighbours: Bool = false, alive: Set<Int> = []
  ) -> [String] {
    let runs: [String: Cleaning.KnownRun] = [
      run("a"): .init(state: .finished, isInGrid: true, isHeld: false),
      run("b"): .init(state: .interrupted, isInGrid: true, isHeld: false),
      run("c"): .init(state: .running, isInGrid: false, isHeld: true),
      run("d"): .init(state: .interrupted, isInGrid: false, isHeld: false),
      "run-2": .init(state: .interrupted, isInGrid: true, isHeld: false),
    ]
    let files = names.map { Cleaning.File(url: URL(fileURLWithPath: "/r/\($0)"), bytes: 1) }
    let unneeded = Cleaning.unneeded(
      files, runs: runs, neededWeights: neededWeights, hasNeighbours: hasNeighbours, isAlive: alive.contains)
    return unneeded.map(\.url.lastPathComponent)
  }

  @Test(
    "Names that aren't ours are nobody's",
    arguments: [
      "notes.txt", "run-x.checkpoint", "run-1.checkpoint.old", "my-run-1.checkpoint", "run-1.checkpoint.7-1",
      "0123.checkpoint", "0123456789ABCDEF0123456789ABCDEF.checkpoint",
    ])
  func foreignNames(name: String) { #expect(gone([name]) == []) }

  @Test("A checkpoint stays while its run may go on, and all of a run that a living process trains")
  func checkpoints() {
    let names = [
      run("a") + ".checkpoint", run("b") + ".checkpoint", run("b") + ".previous.checkpoint", run("c") + ".checkpoint",
      run("c") + ".checkpoint.7-1.new", run("d") + ".checkpoint", run("e") + ".checkpoint", "run-1.checkpoint",
      "run-2.checkpoint",
    ]
    #expect(
      gone(names) == [run("a") + ".checkpoint", run("d") + ".checkpoint", run("e") + ".checkpoint", "run-1.checkpoint"])
  }

  @Test("Weights stay that some database needs, whether it is this one or not")
  func weights() {
    let names = [run("a") + ".safetensors", run("e") + ".safetensors", "run-1.safetensors"]
    #expect(
      gone(names, neededWeights: ["run-1.safetensors", run("e") + ".safetensors"]) == [run("a") + ".safetensors"])
  }

  @Test("A half-written file goes, but not while its writer lives")
  func partialFiles() {
    let names = [
      run("b") + ".checkpoint.7-1.new", run("e") + ".safetensors.8-12.new", "run-3.checkpoint.new",
    ]
    #expect(gone(names, alive: [7]) == Array(names.dropFirst()))
  }

  @Test("A checkpoint that bears a number stays where another database may mean its own run by it")
  func numberedCheckpoints() { #expect(gone(["run-1.checkpoint"], hasNeighbours: true) == []) }
}
