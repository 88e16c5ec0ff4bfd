import Foundation
import Synchronization

/// The program that draws charts.
struct Gnuplot {
  /// Why a chart wasn't drawn.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let program: URL

  /// The program of that name in the search path; nil where there is none.
  init?(_ name: String = "gnuplot", path: String = ProcessInfo.processInfo.environment["PATH"] ?? "") {
    let candidates = path.split(separator: ":").map { URL(fileURLWithPath: String($0)).appending(path: name) }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
      return nil
    }
    program = found
  }

  /// Runs scripts, each in its folder, two at a time, and returns what went wrong.
  func draw(_ scripts: [URL]) -> [URL: any Error] {
    let failures = Mutex<[URL: any Error]>([:])
    let lanes = 2
    DispatchQueue.concurrentPerform(iterations: lanes) { lane in
      for index in stride(from: lane, to: scripts.count, by: lanes) {
        do {
          try draw(scripts[index])
        } catch {
          failures.withLock { $0[scripts[index]] = error }
        }
      }
    }
    return failures.withLock { $0 }
  }

  /// Runs a script in its folder.
  ///
  /// - Throws: `Failure` with gnuplot's own words.
  func draw(_ script: URL) throws {
    let process = Process()
    process.executableURL = program
    process.currentDirectoryURL = script.deletingLastPathComponent()
    process.arguments = [script.lastPathComponent]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let words = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let reason = words.trimmingCharacters(in: .whitespacesAndNewlines)
      throw Failure(description: "\(script.path): gnuplot can't draw it: \(reason)")
    }
  }
}
