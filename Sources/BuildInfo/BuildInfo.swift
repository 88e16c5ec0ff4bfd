/// The programs' version.
public let version = "0.1.0"

/// The commit that this program was built from, 40 or 64 hexadecimal digits, followed by `-dirty` where the source differed
/// from it; nil where the package was no Git repository. The plugin SourceCommit writes `commit` at every build.
public let sourceCommit: String? = commit.isEmpty ? nil : commit

/// The version and, where it is known, the commit, as `--version` prints them: "0.1.0 (commit 7acd042e…)".
public var versionWithCommit: String { sourceCommit.map { "\(version) (commit \($0))" } ?? version }
