import Foundation
import Store

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
    let failures = Locked<[URL: any Error]>([:])
    let threads = 2
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for index in stride(from: thread, to: scripts.count, by: threads) {
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

extension Gnuplot {
  /// What to do where there is none.
  static let remedy = "gnuplot isn't installed, so no charts are drawn: sudo apt-get install gnuplot-nox"

  /// What a script writes to standard output.
  ///
  /// - Throws: `Failure` with gnuplot's own words.
  func output(of script: String) throws -> String {
    let process = Process()
    process.executableURL = program
    process.arguments = ["-"]
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // Gnuplot draws once it has read everything, so neither pipe can fill up meanwhile.
    try input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
    try input.fileHandleForWriting.close()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let words = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(description: "gnuplot can't draw this: \(words)") }
    return text
  }
}
