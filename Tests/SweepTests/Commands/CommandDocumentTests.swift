import Foundation
import Testing

/// That docs/commands.md says what the programs' own help says.
@Suite(.timeLimit(.minutes(10)))
struct CommandDocumentTests {
  private struct Dump: Decodable { let command: Command }

  /// What ArgumentParser knows of a command.
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        let kind: String
        let name: String
      }
      let names: [Name]?
    }

    let commandName: String
    let arguments: [Argument]?
    let subcommands: [Command]?

    /// The options, but for those of every command.
    var options: Set<String> {
      let names = (arguments ?? []).flatMap { $0.names ?? [] }.map { ($0.kind == "short" ? "-" : "--") + $0.name }
      return Set(names).subtracting(["--help", "-h", "--version"])
    }
  }

  /// The options that begin the rows of each command's table, by the headings' first two words.
  private func documented() throws -> [String: Set<String>] {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/commands.md")
    let sections = try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n## `").dropFirst()
    return sections.reduce(into: [:]) { commands, section in
      let heading = section.prefix { !$0.isNewline && $0 != "`" }
      // Headings without a command come after all the commands.
      let rows = section.components(separatedBy: "\n## ")[0].split(separator: "\n").filter { $0.hasPrefix("| `-") }
      let options = rows.flatMap { row in
        row.dropFirst().prefix { $0 != "|" }.matches(of: /`(--?[a-z-]+)/).map { String($0.1) }
      }
      commands[heading.split(separator: " ").prefix(2).joined(separator: " ")] = Set(options)
    }
  }

  @Test("docs/commands.md has every command of both programs, and no other, each with all its options, and no other")
  func commands() throws {
    let documented = try documented()
    var real: [String: Set<String>] = [:]
    for program in ["sweep", "report"] {
      let outcome = try Workplace().run(program, ["--experimental-dump-help"])
      let dump = try JSONDecoder().decode(Dump.self, from: Data(outcome.output.utf8))
      for command in dump.command.subcommands ?? [] where command.commandName != "help" {
        real["\(program) \(command.commandName)"] = command.options
      }
    }
    #expect(real.count > 10)
    #expect(Set(documented.keys) == Set(real.keys))
    for (name, options) in real { #expect(documented[name] == options, "\(name)") }
  }
}
