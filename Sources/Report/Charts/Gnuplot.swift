import Foundation
import Store
import Words

/// The program that draws charts.
struct Gnuplot {
  /// Why a chart wasn't drawn.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let program: URL

  /// The program of that name in the search path; nil where there is none.
  init?(_ name: String = "gnuplot", path: String = ProcessInfo.processInfo.environment["PATH"] ?? "") {
    guard let found = Self.found(name, path: path) else { return nil }
    program = found
  }

  /// A program of that name in the search path; nil where there is none.
  static func found(_ name: String, path: String = ProcessInfo.processInfo.environment["PATH"] ?? "") -> URL? {
    path.split(separator: ":").map { URL(fileURLWithPath: String($0)).appending(path: name) }
      .first { url in
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue
          && FileManager.default.isExecutableFile(atPath: url.path)
      }
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
  /// - Parameter names: The pictures that it writes beside itself; nil: an SVG and a PNG of its own name.
  /// - Throws: `Failure` with gnuplot's own words, also where gnuplot ends well but has drawn no data or no picture.
  func draw(_ script: URL, pictures names: [String]? = nil) throws {
    let outcome = try run([script.lastPathComponent], in: script.deletingLastPathComponent())
    let pictures =
      names?.map { script.deletingLastPathComponent().appending(path: $0) }
      ?? ["svg", "png"].map { script.deletingPathExtension().appendingPathExtension($0) }
    let missing = pictures.first { ((try? Data(contentsOf: $0, options: .mappedIfSafe)) ?? Data()).isEmpty }
    guard outcome.status == 0, missing == nil, !outcome.errors.contains("no valid points") else {
      let words = outcome.errors.trimmingCharacters(in: .whitespacesAndNewlines)
      let fact =
        outcome.status == 0
        ? "it has written no \(missing?.lastPathComponent ?? "data")" : "it ended with code \(outcome.status)"
      throw Failure(description: "\(script.path): gnuplot can't draw it: \(words.isEmpty ? fact : words)")
    }
  }

  /// Without the user's and the system's start-up files, which may change or stop any chart.
  ///
  /// - Throws: `Failure` where it can't be started.
  private func run(_ arguments: [String], in folder: URL? = nil, input: String = "") throws -> Subprocess.Outcome {
    do {
      return try Subprocess.output(of: program, ["--default-settings"] + arguments, in: folder, input: input)
    } catch {
      let reason = Wording.reason(of: error)
      let place = FileManager.default.temporaryDirectory.path
      throw Failure(
        description: "\(program.path): can't be run with files in \(place) (\(reason)); see PATH and TMPDIR.")
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
    let outcome = try run(["-"], input: script)
    guard outcome.status == 0 else { throw Failure(description: "gnuplot can't draw this: \(outcome.errors)") }
    // It begins a new page, which would clear some terminals.
    return String(outcome.output.drop { $0 == "\u{C}" })
  }

  /// A single picture.
  ///
  /// - Throws: `Failure` with gnuplot's own words.
  func picture(of chart: Chart, _ style: FigureStyle, as format: FigureFormat) throws -> Data {
    let plain = GnuplotScript(chart: chart, style: style)
    let missing = format == .svg ? [] : Glyphs.missing(in: plain.text(format))
    let folder = FileManager.default.temporaryDirectory.appending(path: "figure-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = folder.appending(path: "figure.gp")
    let text = "set output 'figure'\n" + GnuplotScript(chart: chart, style: style, missing: missing).text(format)
    try Data(text.utf8).write(to: script)
    try draw(script, pictures: ["figure"])
    return try Data(contentsOf: folder.appending(path: "figure"))
  }
}
