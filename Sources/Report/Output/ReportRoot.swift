import Foundation
import Store
import Words

/// The folder of all reports, with a folder for each experiment and the index of them.
struct ReportRoot {
  let root: URL
  /// By the number of the experiment: names that Swift finds equal may be two for the database.
  private let folders: [Int64?: String]

  /// - Parameter experiments: All experiments of the database, so that each has the same folder whichever are reported.
  init(_ root: URL, _ experiments: [Experiment]) {
    self.root = root
    folders = Dictionary(uniqueKeysWithValues: zip(experiments.map(\.id), FolderName.unique(experiments.map(\.name))))
  }

  /// The experiment's folder.
  func folder(of experiment: Experiment) -> URL { root.appending(path: name(of: experiment)) }

  /// Writes `index.html`.
  ///
  /// - Throws: `ReportError.cannotWrite`.
  func writeIndex(_ experiments: [ExperimentResults]) throws {
    let entries = experiments.map { results in
      let experiment = results.experiment
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder(of: experiment).path)) ?? []
      let pictures = Self.thumbnails.map { $0 + ".svg" } + files.sorted()
      let address = { (file: String) in "\(name(of: experiment).addressed)/\(file.addressed)" }
      return IndexPage.Entry(
        name: experiment.name, description: experiment.description.isEmpty ? nil : experiment.description,
        counts: results.counts, headline: Headline(results).sentences,
        page: files.contains("report.html") ? address("report.html") : nil,
        thumbnail: pictures.first { files.contains($0) && $0.hasSuffix(".svg") }.map(address))
    }
    do {
      try Data(IndexPage(entries).html.utf8).write(to: root.appending(path: "index.html"), options: .atomic)
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

extension String {
  /// The text as a part of an address.
  fileprivate var addressed: String {
    addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-", ".", "_"])) ?? self
  }
}
