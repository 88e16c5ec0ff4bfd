/// The commit that this program was built from, 40 or 64 hexadecimal digits, followed by `-dirty` where the source differed
/// from it; nil where the package was no Git repository. The plugin SourceCommit writes `commit` at every build.
public let sourceCommit: String? = commit.isEmpty ? nil : commit
