import Foundation

/// The tensors of a folder as `transformers` has them: of one safetensors file, or of several that an index names.
struct TensorFiles {
  private var files: [(url: URL, content: Safetensors)] = []
  /// The file of each tensor.
  private var places: [String: Int] = [:]

  static let single = "model.safetensors"
  static let index = "model.safetensors.index.json"

  /// The names of all tensors.
  var names: [String] { Array(places.keys) }

  /// Opens the files.
  ///
  /// - Throws: `WeightFileError`: a file is missing or is no safetensors file, or the index contradicts the files.
  init(of folder: URL) throws(WeightFileError) {
    let (single, index) = (folder.appending(path: Self.single), folder.appending(path: Self.index))
    // Where both are there, transformers reads the one file.
    if FileManager.default.fileExists(atPath: single.path) || !FileManager.default.fileExists(atPath: index.path) {
      try open(single, in: folder)
      return
    }
    func fault(_ why: String) -> WeightFileError { WeightFileError(path: index.relativePath, fault: .wrongIndex(why)) }
    guard let json = JSON(try WeightFileError.data(of: index)), case .object(let members)? = json["weight_map"] else {
      throw fault("it has no \"weight_map\"")
    }
    var names: [String: String] = [:]
    for member in members {
      guard case .string(let file) = member.value, !file.isEmpty, !file.contains("/"), file != ".." else {
        throw fault("\"\(member.key)\" isn't in a file of the folder")
      }
      names[member.key] = file
    }
    for file in Set(names.values).sorted() { try open(folder.appending(path: file), in: folder) }
    for (name, file) in names.sorted(by: { $0.key < $1.key }) {
      guard let place = places[name], files[place].url.lastPathComponent == file else {
        throw fault("\"\(name)\" isn't in \(file)")
      }
    }
  }

  private mutating func open(_ url: URL, in folder: URL) throws(WeightFileError) {
    guard FileManager.default.fileExists(atPath: url.path) else {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      let others = names.filter { $0.hasSuffix(".bin") || $0.hasSuffix(".pt") || $0.hasSuffix(".pth") }.sorted()
      if let other = others.first { throw WeightFileError(path: folder.relativePath, fault: .otherWeights(other)) }
      throw WeightFileError(path: url.relativePath, fault: .missing)
    }
    let data = try WeightFileError.data(of: url)
    let content: Safetensors
    do {
      content = try Safetensors(data)
    } catch {
      throw WeightFileError(path: url.relativePath, fault: error)
    }
    for name in content.entries.keys { places[name] = files.count }
    files.append((url, content))
  }

  /// The file of a tensor, for messages; the first one where there is no such tensor.
  func path(of name: String) -> String { files[places[name] ?? 0].url.relativePath }

  /// Checks that a tensor is there and has the shape.
  ///
  /// - Throws: `WeightFileError`.
  func check(_ name: String, shape: [Int]) throws(WeightFileError) {
    do throws(WeightFileError.Fault) {
      _ = try file(of: name).place(of: name, shape: shape)
    } catch {
      throw WeightFileError(path: path(of: name), fault: error)
    }
  }

  /// Whether a tensor is there in that shape.
  func hasShape(_ name: String, _ shape: [Int]) -> Bool {
    places[name].map { files[$0].content.entries[name]?.shape == shape } ?? false
  }

  /// A tensor's numbers, row-major, all of them finite.
  ///
  /// - Throws: `WeightFileError`.
  func values(of name: String, shape: [Int]) throws(WeightFileError) -> [Float] {
    do throws(WeightFileError.Fault) {
      let values = try file(of: name).values(of: name, shape: shape)
      if let place = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(name, element: place) }
      return values
    } catch {
      throw WeightFileError(path: path(of: name), fault: error)
    }
  }

  private func file(of name: String) throws(WeightFileError.Fault) -> Safetensors {
    guard let place = places[name] else { throw .missingInFolder(name) }
    return files[place].content
  }
}
