import Answers
import Foundation
import Store
import Words

/// The folder of all reports, with a folder for each experiment and the index of them.
struct ReportRoot {
  let root: URL
  /// The database's path, links followed.
  private let database: String
  /// By the number of the experiment: names that Swift finds equal may be two for the database.
  private let folders: [Int64?: String]
  private var list: ReportList

  /// - Parameters:
  ///   - experiments: All experiments of the database, so that each has the same folder whichever are reported.
  ///   - database: The database's path.
  init(_ root: URL, _ experiments: [Experiment], database path: String) {
    let list = ReportList(in: root)
    let database = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    // A database that is gone needs its folders no more.
    let others = list.folders.filter { !$0.value.belongs(to: database) && Self.exists($0.value.database) }
    let own = experiments.map { experiment in
      list.folders.first { $0.value.belongs(to: experiment.name, of: database) && others[$0.key] == nil }?.key
    }
    let names = FolderName.unique(experiments.map(\.name), own: own) { name in
      others[name] != nil || Self.isReserved(name, database)
        || Self.isStrange(root.appending(path: name), list.folders[name])
    }
    (self.root, self.database, self.list) = (root, database, list)
    folders = Dictionary(uniqueKeysWithValues: zip(experiments.map(\.id), names))
  }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Whether the name is that of a file or folder that the sweep keeps beside the database.
  private static func isReserved(_ name: String, _ database: String) -> Bool {
    let name = name.lowercased()
    let file = URL(fileURLWithPath: database).lastPathComponent.lowercased()
    // Any database that stands there, or comes, has files with these endings, and an index of its own.
    return ["weights", "checkpoints", file].contains(name)
      || ["-journal", "-wal", "-shm"].contains(where: name.hasSuffix)
      || name.hasPrefix("index") && name.hasSuffix(".html")
  }

  /// Whether something of the user's stands there: a file, or a folder with other things than a report.
  private static func isStrange(_ url: URL, _ listed: ReportList.Folder?) -> Bool {
    guard listed == nil, exists(url.path) else { return false }
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: url.path) else { return true }
    return !files.isEmpty && !files.contains("report.html")
  }

  /// The experiment's folder.
  func folder(of experiment: Experiment) -> URL { root.appending(path: name(of: experiment)) }

  /// Notes what a report has written to the experiment's folder, and removes what an earlier one wrote there and this one didn't.
  mutating func note(_ files: [String], of experiment: Experiment) {
    let name = name(of: experiment)
    let listed = list.folders[name]?.files ?? Self.formerFiles(in: root.appending(path: name))
    list.folders[name] = ReportList.Folder(database: database, experiment: experiment.name, files: listed)
    list.remove(listed.filter { !files.contains($0) }, from: name, in: root)
    list.folders[name]?.files = files.sorted()
  }

  /// The charts of a version that kept no list: their scripts say in their first lines what they draw.
  private static func formerFiles(in folder: URL) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".gp") }.flatMap { file -> [String] in
      let name = String(file.dropLast(3))
      let text = (try? Data(contentsOf: folder.appending(path: file))).map {
        String(decoding: $0.prefix(300), as: UTF8.self)
      }
      return text?.hasPrefix("# Draws \(name).svg and \(name).png: gnuplot \(file)\n") ?? false
        ? [file, name + ".svg", name + ".png"] : []
    }
  }

  /// Removes the reports of experiments that the database no longer holds, and stores the list.
  ///
  /// - Throws: `ReportError.cannotWrite`.
  mutating func finish() throws {
    let present = Set(folders.values)
    for (name, folder) in list.folders where folder.belongs(to: database) && !present.contains(name) {
      list.remove(folder: name, in: root)
    }
    for (name, owner) in list.indexes where present.isEmpty && Scalar.text(owner) == .text(database) {
      unlink(root.appending(path: name).path)
      list.indexes[name] = nil
    }
    guard Self.exists(root.path) else { return }
    let (list, root) = (list, root)
    try write { try list.write(to: root) }
  }

  /// The index's address beside the page of an experiment.
  var indexAddress: String { "../" + indexName().addressed }

  /// Writes `index.html`. Where that is another database's or the user's own it stays, and this one's has the database's name.
  ///
  /// - Parameter findings: What is known already of some of them, by their numbers: to find it takes long where there are many configurations.
  /// - Throws: `ReportError.cannotWrite`.
  mutating func writeIndex(_ experiments: [ExperimentResults], findings: [Int64?: Findings] = [:]) throws {
    let entries = experiments.map { results -> IndexPage.Entry in
      let experiment = results.experiment
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder(of: experiment).path)) ?? []
      let pictures = Self.thumbnails.map { $0 + ".svg" } + files.sorted()
      let folderName = name(of: experiment)
      let address = { (file: String) in "\(folderName.addressed)/\(file.addressed)" }
      return IndexPage.Entry(
        name: experiment.name, description: experiment.description.isEmpty ? nil : experiment.description,
        counts: results.counts, headline: (findings[experiment.id] ?? Findings(results)).headline,
        date: results.lastChange,
        page: files.contains("report.html") ? address("report.html") : nil,
        thumbnail: pictures.first { files.contains($0) && $0.hasSuffix(".svg") }.map(address))
    }
    let file = indexName()
    list.indexes[file] = database
    let url = root.appending(path: file)
    try write { try Data(IndexPage(entries).html.utf8).write(to: url, options: .atomic) }
  }

  /// The first name for an index that is neither another database's nor that of a file of the user's.
  private func indexName() -> String {
    let stem = FolderName.clean(URL(fileURLWithPath: database).deletingPathExtension().lastPathComponent)
    let names = ["index.html", "index-\(stem).html"] + (2...1000).map { "index-\(stem)-\($0).html" }
    return names.first { name in
      if let owner = list.indexes[name] { return Scalar.text(owner) == .text(database) || !Self.exists(owner) }
      let url = root.appending(path: name)
      guard Self.exists(url.path) else { return true }
      // An earlier version kept no list.
      return (try? Data(contentsOf: url)).map { IndexPage.isOne(String(decoding: $0, as: UTF8.self)) } ?? false
    } ?? names[0]
  }

  private func write(_ work: () throws -> Void) throws {
    do {
      try work()
    } catch {
      throw ReportError.cannotWrite(folder: root.relativePath, reason: Wording.reason(of: error))
    }
  }

  /// The charts that say most, in that order.
  private static let thumbnails = ["loss-by-lr", "loss-curves"]

  private func name(of experiment: Experiment) -> String {
    folders[experiment.id] ?? FolderName.clean(experiment.name)
  }
}

extension ExperimentResults {
  /// When something was last trained of the experiment, or its spec stored: UTC, ISO 8601.
  fileprivate var lastChange: String {
    runs.compactMap { $0.provenance.endedAt ?? $0.provenance.startedAt }.max() ?? experiment.updatedAt
  }
}

extension String {
  /// The text as a part of an address.
  fileprivate var addressed: String {
    addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-", ".", "_"])) ?? self
  }
}
