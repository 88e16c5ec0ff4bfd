import Foundation
import Model
import Store

/// Brings databases with their weights and checkpoints into one.
///
/// A process that is killed at any moment leaves the database as it was or with all of a source, and at most files that no run names
/// yet: the same command goes on. For each source the files come first under names of their own, so that the transaction, which
/// renames them and stores the rows, is short.
package struct DatabaseMerger {
  private let database: ResultsDatabase
  private let files: ResultFiles

  /// Merges into a database, which has these files.
  package init(into database: ResultsDatabase, files: ResultFiles) { (self.database, self.files) = (database, files) }

  /// A file under a name of its own, and where it goes.
  private struct Staged {
    let file: URL
    let target: URL
    /// Where the file goes that stands in the place; nil where it isn't kept.
    var previous: URL?
  }

  /// Brings in all that a database has and this one lacks.
  ///
  /// - Throws: `ResultsDatabaseError` or `FileError`; then the database is as it was.
  package func merge(from source: String) throws -> Merge {
    let from = ResultFiles(database: source)
    removeLeftovers()
    var staged: [PlannedRun.Key: [Staged]] = [:]
    defer { for file in staged.values.joined() { unlink(file.file.path) } }
    let merge = try database.merge(from: source) { lease in
      !LeaseRule.isGone(lease, here: .here, now: Date(), start: Worker.start)
    } prepare: { taken in
      for run in taken { staged[run.key] = try stage(run, from) }
    } place: { taken in
      let weights = try taken.map { run in
        let file = self.weights(of: run)
        // Another process may have changed what there is to take.
        for one in try staged.removeValue(forKey: run.key) ?? stage(run, from) { try place(one) }
        return run.weights.flatMap { _ in
          FileManager.default.fileExists(atPath: file.path)
            ? "\(files.weightsFolder.lastPathComponent)/\(file.lastPathComponent)" : nil
        }
      }
      for folder in [files.weightsFolder, files.checkpoints.url] { try flush(folder) }
      return weights
    }
    for run in merge.taken where run.state.isOver { files.checkpoints.removeAll(of: run.fileName) }
    return merge
  }

  private func weights(of run: Merge.Taken) -> URL {
    files.weightsFolder.appending(path: run.fileName + ".safetensors")
  }

  /// Readies the files of a run.
  private func stage(_ run: Merge.Taken, _ from: ResultFiles) throws -> [Staged] {
    var staged: [Staged] = []
    if let weights = run.weights {
      staged += try stage(from.url(weights), for: self.weights(of: run)).map { [$0] } ?? []
    }
    guard !run.state.isOver, run.state != .queued else { return staged }
    let name = run.fileName
    let checkpoints = from.checkpoints.candidates(of: name, number: -1).filter {
      FileManager.default.fileExists(atPath: $0.path)
    }
    // A checkpoint that belongs to the rows which are there by now stays as the previous one, until the rows are the source's.
    let targets = run.replacesPart ? [files.checkpoints.latest(of: name)] : files.checkpoints.files(of: name)
    for (file, target) in zip(checkpoints, targets) {
      guard var one = try stage(file, for: target) else { continue }
      if run.replacesPart { one.previous = files.checkpoints.previous(of: name) }
      staged.append(one)
    }
    return staged
  }

  /// Gives a file a second name beside its place, or copies it there where it can't have one; nil where there is no file, or where it
  /// is in its place. Files of results are never written in place, so that a second name is as good as a copy.
  private func stage(_ file: URL, for target: URL) throws -> Staged? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let same = [file, target].map { url -> [UInt64] in
      var status = stat()
      return stat(url.path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : []
    }
    if same[0] == same[1] { return nil }
    do {
      let folder = target.deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let beside = folder.appending(path: "\(target.lastPathComponent).\(getpid())-0.new")
      unlink(beside.path)
      if link(file.path, beside.path) != 0 {
        try FileManager.default.copyItem(at: file, to: beside)
        try flush(beside)
      }
      return Staged(file: beside, target: target)
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(path: target.relativePath, cause: error)
    }
  }

  private func place(_ staged: Staged) throws {
    if let previous = staged.previous { rename(staged.target.path, previous.path) }
    guard rename(staged.file.path, staged.target.path) == 0 else { throw Self.failure(staged.target) }
  }

  /// Makes a file's bytes, or a folder's names, last.
  private func flush(_ url: URL) throws {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return }
      throw Self.failure(url)
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw Self.failure(url) }
  }

  private static func failure(_ url: URL) -> FileError {
    FileError(path: url.relativePath, cause: POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO))
  }

  /// Removes what a merge that was killed has left under names of its own.
  private func removeLeftovers() {
    for folder in [files.weightsFolder, files.checkpoints.url] {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
        // There may be thousands of others, and a pattern takes its time.
        guard name.hasSuffix(".new"), let writer = Cleaning.Name(name)?.writer, Worker.start(of: writer) == nil else {
          continue
        }
        unlink(folder.appending(path: name).path)
      }
    }
  }
}

extension Merge.Taken {
  fileprivate var key: PlannedRun.Key { PlannedRun.Key(identity: config, seed: seed) }
  /// What the run's files are called, without an ending.
  fileprivate var fileName: String { PlannedRun.fileName(identity: config, seed: seed) }
}
