import Foundation

/// The safetensors format: the header's length (8 bytes, little-endian), a JSON header with each tensor's type, shape and
/// place, then the numbers. https://github.com/huggingface/safetensors#format
struct Safetensors {
  /// The header's entry for a tensor.
  struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]
  }

  var metadata: [String: String]
  private(set) var entries: [String: Entry] = [:]
  private var data = Data()

  /// A file without tensors as yet, which will have `size` bytes of numbers.
  init(metadata: [String: String], size: Int) {
    self.metadata = metadata
    data.reserveCapacity(size)
  }

  /// Appends a tensor of single-precision numbers, row-major.
  mutating func append(_ name: String, shape: [Int], _ values: [Float]) {
    let start = data.count
    // Every machine that runs this program is little-endian, as the format is.
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    entries[name] = Entry(dtype: "F32", shape: shape, data_offsets: [start, data.count])
  }

  /// Calls `body` with the file's bytes, piece by piece.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var header = try encoder.encode(Header(metadata: metadata, entries: entries))
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
    try withUnsafeBytes(of: UInt64(header.count).littleEndian, body)
    try header.withUnsafeBytes(body)
    try data.withUnsafeBytes(body)
  }

  /// Reads a file's bytes.
  ///
  /// - Throws: `WeightFileError.Fault`: the file is cut short, or its header isn't what the format demands.
  init(_ file: Data) throws(WeightFileError.Fault) {
    guard file.count >= 8 else { throw .notSafetensors("it has \(file.count) bytes") }
    let length = file.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(file.count - 8) else { throw .notSafetensors("its header is cut short") }
    guard let header = try? JSONDecoder().decode(Header.self, from: file.dropFirst(8).prefix(Int(length))) else {
      throw .notSafetensors("its header isn't the JSON that the format demands")
    }
    metadata = header.metadata
    entries = header.entries
    data = file.dropFirst(8 + Int(length))
    // The format knows no holes, and no two tensors that share numbers.
    let places = entries.values.map(\.data_offsets).filter { $0.count == 2 && $0[0] < $0[1] }.sorted { $0[0] < $1[0] }
    var end = 0
    for place in places {
      guard place[0] == end else { throw .notSafetensors("its tensors don't lie side by side") }
      end = place[1]
    }
    if end < data.count { throw .notSafetensors("\(data.count - end) bytes belong to no tensor") }
  }

  /// A tensor's numbers, row-major.
  ///
  /// - Throws: `WeightFileError.Fault`: the tensor isn't there, is of another type or shape, or lies outside the file.
  func values(of name: String, shape: [Int]) throws(WeightFileError.Fault) -> [Float] {
    let (place, type) = try place(of: name, shape: shape)
    return data.withUnsafeBytes { type.floats(of: UnsafeRawBufferPointer(rebasing: $0[place])) }
  }

  /// Where a tensor's numbers lie in the data, and of which type they are.
  ///
  /// - Throws: As `values`.
  func place(of name: String, shape: [Int]) throws(WeightFileError.Fault) -> (place: Range<Int>, type: NumberType) {
    guard let entry = entries[name] else { throw .missingTensor(name) }
    guard let type = NumberType(rawValue: entry.dtype) else { throw .wrongType(name, entry.dtype) }
    guard entry.shape == shape else { throw .wrongShape(name, found: entry.shape, wanted: shape) }
    let size = shape.reduce(1, *) * type.size
    guard entry.data_offsets.count == 2, let start = entry.data_offsets.first, let end = entry.data_offsets.last,
      start >= 0, end <= data.count, end >= start, end - start == size
    else { throw .cutShort(name) }
    return (start..<end, type)
  }

  private struct Header: Codable {
    var metadata: [String: String]
    var entries: [String: Entry]

    struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
      static let metadata = Key(stringValue: "__metadata__")
    }

    init(metadata: [String: String], entries: [String: Entry]) {
      self.metadata = metadata
      self.entries = entries
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      metadata = try container.decodeIfPresent([String: String].self, forKey: .metadata) ?? [:]
      entries = [:]
      for key in container.allKeys where key.stringValue != Key.metadata.stringValue {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(metadata, forKey: .metadata)
      for (name, entry) in entries { try container.encode(entry, forKey: Key(stringValue: name)) }
    }
  }
}
