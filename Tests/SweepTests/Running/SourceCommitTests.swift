import Foundation
import Testing

@testable import Experiments

struct SourceCommitTests {
  private static let commit = String(repeating: "0123456789abcdef", count: 3).prefix(40)

  let place: Workplace
  /// The program, deep inside its repository.
  let program: URL

  init() throws {
    place = try Workplace()
    program = place.path("repository/.build/debug/sweep")
    try place.write("", to: "repository/.build/debug/sweep")
  }

  @Test(
    "A branch's commit is read where Git keeps it: in a file of its own, or among the packed ones",
    arguments: [true, false])
  func branch(isPacked: Bool) throws {
    try place.write("ref: refs/heads/main\n", to: "repository/.git/HEAD")
    if isPacked {
      let other = String(repeating: "f", count: 40)
      try place.write(
        "# pack-refs with: peeled fully-peeled sorted\n\(other) refs/heads/other/main\n\(Self.commit) refs/heads/main\n",
        to: "repository/.git/packed-refs")
    } else {
      try place.write("\(Self.commit)\n", to: "repository/.git/refs/heads/main")
    }
    #expect(SourceCommit.head(around: program) ?? "" == Self.commit)
  }

  @Test("A commit that is checked out by itself is read from the head")
  func detached() throws {
    try place.write("\(Self.commit)\n", to: "repository/.git/HEAD")
    #expect(SourceCommit.head(around: program) ?? "" == Self.commit)
  }

  @Test("In a work tree the branch is found in the repository that it belongs to")
  func workTree() throws {
    try place.write("gitdir: \(place.path("main/.git/worktrees/tree").path)\n", to: "repository/.git")
    try place.write("ref: refs/heads/topic\n", to: "main/.git/worktrees/tree/HEAD")
    try place.write("../..\n", to: "main/.git/worktrees/tree/commondir")
    try place.write("\(Self.commit)\n", to: "main/.git/refs/heads/topic")
    #expect(SourceCommit.head(around: program) ?? "" == Self.commit)
  }

  @Test("Without a repository, without a commit and with something else in its place there is none")
  func none() throws {
    #expect(SourceCommit.head(around: program) == nil)
    try place.write("ref: refs/heads/main\n", to: "repository/.git/HEAD")
    #expect(SourceCommit.head(around: program) == nil)
    try place.write("not a commit\n", to: "repository/.git/refs/heads/main")
    #expect(SourceCommit.head(around: program) == nil)
  }

  @Test("Git agrees", .enabled("needs git", { FileManager.default.isExecutableFile(atPath: "/usr/bin/git") }))
  func git() throws {
    let script = """
      git init --quiet --initial-branch=main repository && cd repository && git config user.name t && git config user.email t@t
      git commit --quiet --allow-empty --message first && git pack-refs --all && git worktree add --quiet --detach ../tree
      git rev-parse HEAD
      """
    let outcome = try place.run("/bin/sh", ["-c", script])
    let commit = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(commit.count == 40, "\(outcome)")
    #expect(SourceCommit.head(around: program) == commit)
    #expect(SourceCommit.head(around: place.path("tree/.build/debug/sweep")) == commit)
  }
}
