import Foundation
import Store
import TestSupport
import Testing

@testable import Report

/// What is made again while others write. One at a time: a signal reaches all that wait for it.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct WatchTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func database() throws -> (writer: ResultsDatabase, reader: ResultsDatabase) {
    let path = folder.path("results.sqlite")
    return (try ResultsDatabase(path: path), try ResultsDatabase(readingFrom: path))
  }

  private func write(_ name: String, to database: ResultsDatabase) throws {
    let experiment = Experiment(
      name: name, description: "", spec: "{}", specPath: "", axes: [], measuring: nil, floorBitsPerByte: nil)
    _ = try database.store(experiment, runs: [])
  }

  @Test("The number that tells of changes stays while nobody writes, and changes when another connection has")
  func version() throws {
    let (writer, reader) = try database()
    let first = try reader.dataVersion()
    #expect(try reader.dataVersion() == first)
    try write("a", to: writer)
    #expect(try reader.dataVersion() != first)
  }

  @Test("It is made again for every change, until there is nothing to wait for")
  func changes() throws {
    let (writer, reader) = try database()
    var made: [Bool] = []
    let wasStopped = try Watch(pause: 0.001, share: 0, signals: []).run(reader) { isLast in
      made.append(isLast)
      try write("\(made.count)", to: writer)
      return made.count < 3
    }
    #expect(!wasStopped)
    #expect(made == [false, false, false])
  }

  @Test("A signal ends it, after it was made a last time")
  func interruption() throws {
    let (_, reader) = try database()
    var made: [Bool] = []
    let wasStopped = try Watch(pause: 600, share: 0, signals: [SIGUSR1]).run(reader) { isLast in
      made.append(isLast)
      if !isLast { kill(getpid(), SIGUSR1) }
      return true
    }
    #expect(wasStopped)
    #expect(made == [false, true])
  }
}
