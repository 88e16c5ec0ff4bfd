import Foundation

/// What reports have written to a folder, kept in the file `.reports.json` there: which folder is of which experiment, and the files
/// in it. By this list what is no longer drawn goes, and nothing else.
public struct ReportList: Codable, Equatable {
  /// The folder of an experiment's report.
  public struct Folder: Codable, Equatable {
    /// The database's path, links followed. In the file, a database in the list's own folder has its name alone, so that the list stays
    /// true where the folder is copied or moved.
    public var database: String
    /// The experiment's name.
    public var experiment: String
    /// The names of the files that the last report wrote.
    public var files: [String]

    /// An experiment's folder.
    public init(database: String, experiment: String, files: [String]) {
      (self.database, self.experiment, self.files) = (database, experiment, files)
    }

    /// Whether the folder is one of that database's, by its path. Paths and names are told apart by their bytes.
    public func belongs(to database: String) -> Bool { Scalar.text(self.database) == .text(database) }

    /// Whether the folder is of that experiment.
    public func belongs(to experiment: String, of database: String) -> Bool {
      belongs(to: database) && Scalar.text(self.experiment) == .text(experiment)
    }
  }

  private static let name = ".reports.json"

  /// The folders by their names.
  public var folders: [String: Folder] = [:]
  /// The paths of the databases whose experiments the indexes list, by the indexes' file names.
  public var indexes: [String: String] = [:]

  private enum CodingKeys: String, CodingKey { case folders, indexes, indexOwner }

  /// Reads the list. In earlier ones `indexOwner` stands for the one index, "index.html".
  public init(from decoder: any Decoder) throws {
    let list = try decoder.container(keyedBy: CodingKeys.self)
    folders = try list.decodeIfPresent([String: Folder].self, forKey: .folders) ?? [:]
    let owner = try list.decodeIfPresent(String.self, forKey: .indexOwner)
    indexes =
      try list.decodeIfPresent([String: String].self, forKey: .indexes) ?? owner.map { ["index.html": $0] } ?? [:]
  }

  /// Writes the list.
  public func encode(to encoder: any Encoder) throws {
    var list = encoder.container(keyedBy: CodingKeys.self)
    try list.encode(folders, forKey: .folders)
    try list.encode(indexes, forKey: .indexes)
  }

  /// The list of a folder; an empty one where there is none.
  public init(in root: URL) {
    let data = try? Data(contentsOf: root.appending(path: Self.name))
    guard let data, let list = try? JSONDecoder().decode(Self.self, from: data) else { return }
    self = list.mapped { path in path.hasPrefix("/") ? path : Self.path(of: root) + "/" + path }
  }

  /// Stores the list.
  ///
  /// - Throws: The file system's error.
  public func write(to root: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let folder = Self.path(of: root)
    let list = mapped { path in
      let url = URL(fileURLWithPath: path)
      return Scalar.text(url.deletingLastPathComponent().path) == .text(folder) ? url.lastPathComponent : path
    }
    try encoder.encode(list).write(to: root.appending(path: Self.name), options: .atomic)
  }

  private static func path(of root: URL) -> String { root.resolvingSymlinksInPath().path }

  /// The list with other paths of the databases.
  private func mapped(_ path: (String) -> String) -> Self {
    var list = self
    list.folders = folders.mapValues { folder in
      Folder(database: path(folder.database), experiment: folder.experiment, files: folder.files)
    }
    list.indexes = indexes.mapValues(path)
    return list
  }

  /// Removes files from a folder, those alone that the list names.
  public func remove(_ files: [String], from folder: String, in root: URL) {
    guard Self.isPlain(folder), let listed = folders[folder]?.files else { return }
    for file in files where listed.contains(file) && Self.isPlain(file) {
      unlink(root.appending(path: folder).appending(path: file).path)
    }
  }

  /// Removes a folder's listed files, and the folder where nothing else is in it.
  public mutating func remove(folder: String, in root: URL) {
    guard let files = folders[folder]?.files else { return }
    remove(files, from: folder, in: root)
    if Self.isPlain(folder) { rmdir(root.appending(path: folder).path) }
    folders[folder] = nil
  }

  /// Whether a name leads nowhere else.
  private static func isPlain(_ name: String) -> Bool {
    !name.utf8.contains(UInt8(ascii: "/")) && name != ".." && name != "." && !name.isEmpty
  }
}
