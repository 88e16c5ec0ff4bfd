import Foundation
import Terminal
import Words

/// Commands that a user can paste: words quoted for a shell, and the programs named as this one was started.
enum ShellWords {
  /// The words as one command.
  static func quoted(_ words: [String]) -> String {
    words.map { word in
      let isPlain = word.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || "0123456789/._-+=:,@%".unicodeScalars.contains($0)
      }
      return isPlain && !word.isEmpty ? word : "'" + word.replacingScalars { $0 == "'" ? "'\\''" : nil } + "'"
    }.joined(separator: " ")
  }

  /// The command that this process was started with.
  static var given: String { command("sweep", Array(CommandLine.arguments.dropFirst())) }

  /// A command of one of the two programs, for the folder in which this one was started.
  static func command(_ program: String, _ arguments: [String]) -> String {
    quoted(
      words(for: program, startedAs: CommandLine.arguments[0], in: FileManager.default.currentDirectoryPath) + arguments
    )
  }

  /// The words that start a program: as `swift run` does where this one lies in the build folder of the package here, by its path where
  /// this one was started by a path, else by its name.
  static func words(for program: String, startedAs start: String, in folder: String) -> [String] {
    guard start.contains("/") else { return [program] }
    let path = URL(fileURLWithPath: start, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
      .standardizedFileURL.path
    if path.hasPrefix(folder + "/.build/"), FileManager.default.fileExists(atPath: folder + "/Package.swift") {
      return ["swift", "run"] + (path.contains("/release/") ? ["-c", "release"] : []) + [program]
    }
    return [URL(fileURLWithPath: start).deletingLastPathComponent().appending(path: program).relativePath]
  }
}
