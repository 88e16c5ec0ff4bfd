import Foundation

/// Programs that the report asks for something.
enum Subprocess {
  /// What a program wrote, and its exit code.
  struct Outcome {
    let output: String
    let errors: String
    let status: Int32
  }

  /// Runs a program to its end. It gets nothing of the user's environment that could change what it does, apart from where programs
  /// and fonts are.
  ///
  /// - Parameter input: What the program reads from standard input.
  static func output(of program: URL, _ arguments: [String], in folder: URL? = nil, input: String = "") throws
    -> Outcome
  {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let kept = ["PATH", "HOME", "TMPDIR", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "XDG_CACHE_HOME", "XDG_DATA_HOME"]
    process.environment = ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
      .merging(["LC_ALL": "C.UTF-8"]) { $1 }
    // Files, not pipes: a program may write more than a pipe holds to one while the other is read.
    let folder = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["input", "output", "errors"].map { folder.appending(path: $0) }
    try Data(input.utf8).write(to: files[0])
    for file in files[1...] { try Data().write(to: file) }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    func text(_ file: URL) throws -> String { String(decoding: try Data(contentsOf: file), as: UTF8.self) }
    return Outcome(output: try text(files[1]), errors: try text(files[2]), status: process.terminationStatus)
  }
}
