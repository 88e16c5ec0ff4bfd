import Foundation
import PackagePlugin

/// Reads the commit of the source anew whenever HEAD moves or a source file changes.
///
/// `Context.gitInformation` would be less, but SwiftPM evaluates a manifest once and keeps what came out: the commit would
/// be the first that was ever built.
@main
struct SourceCommit: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) -> [Command] {
    let package = context.package.directoryURL
    let script = package.appending(path: "Scripts/source-commit")
    let output = context.pluginWorkDirectoryURL.appending(path: "Commit.swift")
    // In a work tree `.git` is a file that names the folder.
    let link = try? String(contentsOf: package.appending(path: ".git"), encoding: .utf8)
    let git = link.map { $0.dropFirst("gitdir: ".count).trimmingCharacters(in: .newlines) } ?? ".git"
    let movesOfHead = URL(filePath: git, relativeTo: package).appending(path: "logs/HEAD").absoluteURL
    let sources = context.package.targets.compactMap(\.sourceModule).flatMap(\.sourceFiles).map(\.url)
    let inputs = sources + [package.appending(path: "Package.swift"), script, movesOfHead]
    return [
      .buildCommand(
        displayName: "Reading the commit", executable: URL(filePath: "/bin/sh"),
        arguments: [script.path, package.path, output.path],
        inputFiles: inputs.filter { FileManager.default.fileExists(atPath: $0.path) }, outputFiles: [output])
    ]
  }
}
