import ArgumentParser
import Experiments
import Foundation
import Model
import Store
import Terminal
import Words

extension SweepCommand {
  /// `sweep init TEXT [SPEC]`
  struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init", abstract: "Write a first spec for a text of your own.",
      discussion: """
        It asks which learning rate suits the text, with sizes by the text's length and steps for about a minute of training on \
        this machine. What each key is for is printed beside it. A file that is there stays.
        """)

    @Argument(help: "A UTF-8 text to learn from.", transform: UserPath.expanded)
    var text: String
    @Argument(
      help: ArgumentHelp(
        "The spec to write. (default: the text's name with .json, in the folder experiments where there is one)"),
      transform: UserPath.expanded)
    var spec: String?
    @OptionGroup var jobs: JobsOption

    func validate() throws {
      if spec == UserPath.standardInput { throw ValidationError("The spec is written to a file; name one.") }
    }

    func run() throws {
      let (text, file) = (URL(fileURLWithPath: text), URL(fileURLWithPath: spec ?? usualSpec))
      let path = file.relativePath
      guard !FileManager.default.fileExists(atPath: file.path) else { throw Self.taken(path) }
      let corpus = try Corpus(contentsOf: text, memory: Machine.availableMemory)
      let first: FirstSpec
      do {
        first = try FirstSpec(
          for: corpus, path: Self.path(of: text, from: file.deletingLastPathComponent()), jobs: jobs.count())
      } catch let error as FirstSpec.TooShort {
        throw UserError("\(self.text): \(error)")
      }
      do {
        try Data(first.text.utf8).write(to: file, options: .withoutOverwriting)
      } catch CocoaError.fileWriteFileExists {
        throw Self.taken(path)
      } catch {
        throw UserError("\(path): can't be written (\(Wording.reason(of: error))).")
      }
      tell(first, path)
    }

    private static func taken(_ path: String) -> UserError {
      UserError("\(path): is there already, and stays. Name another file: sweep init TEXT SPEC.")
    }

    private var usualSpec: String {
      let name = URL(fileURLWithPath: text).deletingPathExtension().lastPathComponent + ".json"
      var isFolder: ObjCBool = false
      let hasFolder =
        FileManager.default.fileExists(atPath: "experiments", isDirectory: &isFolder) && isFolder.boolValue
      return hasFolder ? "experiments/\(name)" : name
    }

    /// The path that leads from a folder to a file, as a spec's `corpus` names it: through parents where that leads there.
    static func path(of file: URL, from folder: URL) -> String {
      let (target, start) = (file.resolvingSymlinksInPath(), folder.resolvingSymlinksInPath())
      let (to, from) = (target.pathComponents, start.pathComponents)
      let shared = zip(to, from).prefix { $0 == $1 }.count
      let steps = Array(repeating: "..", count: from.count - shared) + to.dropFirst(shared)
      let path = steps.joined(separator: "/")
      guard URL(fileURLWithPath: path, relativeTo: folder).resolvingSymlinksInPath().path == target.path else {
        return target.path
      }
      // A file with the built-in text's name, or with one that leads home.
      return path == "stories" || path.hasPrefix("~") ? "./\(path)" : path
    }

    private func tell(_ first: FirstSpec, _ path: String) {
      let console = Console.standard
      let time =
        first.seconds.map { ", about \(Wording.duration($0)) on \(Wording.number(jobs.count(), "core"))" } ?? ""
      console.data("Wrote \(path): \(Wording.number(first.runs, "run"))\(time). It says:\n")
      let members = first.entries.map { "\"\($0.key.rawValue)\": \($0.json)".visible() }
      let width = console.output.width ?? 120
      // Explanations stand beside the keys, or below them where that leaves little room.
      let column = min(members.map(\.displayWidth).max() ?? 0, 34) + 2
      let isBeside = width - column >= 40
      for (member, entry) in zip(members, first.entries) {
        let lines = entry.why.visible().wrapped(to: max(isBeside ? width - column : width - 4, 16))
        let indent = String(repeating: " ", count: isBeside ? column : 4)
        if isBeside, member.displayWidth + 2 <= column {
          console.data(member + String(repeating: " ", count: column - member.displayWidth) + (lines.first ?? ""))
          for line in lines.dropFirst() { console.data(indent + line) }
        } else {
          console.data(member)
          for line in lines { console.data(indent + line) }
        }
      }
      let place = URL(fileURLWithPath: path).relativePath
      console.data("\ndocs/spec.md has all keys, and so has `\(ShellWords.command("sweep", ["schema"]))`.")
      console.data("Next: \(ShellWords.command("sweep", [place, "--quick"]))")
      console.data("      \(ShellWords.command("sweep", [place]))")
    }
  }
}
