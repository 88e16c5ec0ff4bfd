import Foundation

/// A text to learn from. It is taken as it is: a byte order mark and CRLF line ends stay.
public struct Corpus: Sendable {
  /// `"stories"`, or the last component of the file's path.
  public let name: String
  /// The text, always well-formed UTF-8.
  public let utf8: [UInt8]
  /// SHA-256 of the text, in hexadecimal, as `sha256sum` prints it. It is part of a run's identity.
  public let sha256: String

  /// Offsets where the text may be cut, if its grammar is known; else it is cut at line ends.
  private let starts: [Int]?
  private let trace: InformationTrace?

  /// The built-in corpus: 1,500 children's stories, drawn from a fixed seed. Made once in a process, in some 10 ms.
  public static let stories = Corpus(
    stories: StoryGrammar.childrens.tell(1500, random: RandomStream(seed: 1, name: "stories")))

  /// A text of the caller's own.
  public init(name: String, text: String) {
    self.init(name: name, utf8: Array(text.utf8), starts: nil, trace: nil)
  }

  /// The text of a file.
  ///
  /// - Parameter memory: The bytes of memory that there are.
  /// - Throws: `CorpusError`, before more memory is taken than there is.
  public init(contentsOf url: URL, memory: Double = .infinity) throws(CorpusError) {
    let path = url.relativePath
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      if access(url.path, F_OK) != 0, errno == EACCES {
        throw .unreadable(path: path, reason: "its folder may not be entered")
      }
      throw .missing(path: path)
    }
    guard !isFolder.boolValue else { throw .isFolder(path: path) }
    // Such as /dev/zero, which has no end.
    var status = stat()
    guard stat(url.path, &status) != 0 || status.st_mode & S_IFMT != S_IFCHR || url.path == "/dev/null" else {
      throw .unreadable(path: path, reason: "it is a device")
    }
    func checkSize(_ size: Int) throws(CorpusError) {
      guard 2 * Double(size) <= memory else { throw .tooLarge(path: path, needed: 2 * Double(size), available: memory) }
    }
    var utf8: [UInt8] = []
    do {
      // In pieces: the text is in memory once.
      let file = try FileHandle(forReadingFrom: url)
      defer { try? file.close() }
      let size = try FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)[.size] as? Int
      try checkSize(size ?? 0)
      utf8.reserveCapacity(size ?? 0)
      while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
        // A pipe has no size before its end.
        try checkSize(utf8.count + piece.count)
        utf8 += piece
      }
    } catch let error as CorpusError {
      throw error
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
    guard !utf8.isEmpty else { throw .empty(path: path) }
    if let encoding = TextEncoding.other(of: utf8) { throw .otherEncoding(path: path, encoding: encoding) }
    if let byteOffset = UTF8Scanner.firstInvalidByte(in: utf8) { throw .notUTF8(path: path, byteOffset: byteOffset) }
    self.init(name: url.lastPathComponent, utf8: utf8, starts: nil, trace: nil)
  }

  private init(stories: StoryGrammar.Stories) {
    self.init(name: "stories", utf8: stories.utf8, starts: stories.starts, trace: stories.trace)
  }

  private init(name: String, utf8: [UInt8], starts: [Int]?, trace: InformationTrace?) {
    self.name = name
    self.utf8 = utf8
    sha256 = SHA256.hexDigest(of: utf8)
    self.starts = starts
    self.trace = trace
  }

  /// Two ranges of UTF-8 offsets that share no text, the latter held out.
  public struct Split: Equatable, Sendable {
    /// The text to learn from.
    public let training: Range<Int>
    /// The text held out.
    public let validation: Range<Int>
    /// Whether the text is cut at the nearest token, as no line ends near enough.
    public let isWithinLine: Bool
  }

  /// Holds out the tail, about `validationFraction` (0…1) of the bytes.
  ///
  /// The point is `validationFraction` of the bytes before the end, rounded down. Stories are cut where the first story
  /// starts at or after it (the last one, if none does). Other text is cut after the first line end (`\n`) at or after
  /// the point that leaves something to validate, if that is near: within 256 bytes or a hundredth of what is held out. Else it is cut
  /// at the token that begins nearest to the point. A fraction that asks for no byte holds out nothing.
  /// - Parameter beforeWord: Whether a cut within a line is one before a word whatever the tokens are, if the text has several.
  public func split(validationFraction: Double, tokens: Tokenizer.Kind = .char, beforeWord: Bool = false) -> Split {
    precondition((0...1).contains(validationFraction), "validation fraction \(validationFraction) isn't in 0...1")
    let point = utf8.count - Int(Double(utf8.count) * validationFraction)
    func split(_ cut: Int, isWithinLine: Bool = false) -> Split {
      Split(training: 0..<cut, validation: cut..<utf8.count, isWithinLine: isWithinLine)
    }
    if point == utf8.count || point == 0 { return split(point) }
    if let starts { return split(starts.first { $0 >= point } ?? starts[starts.count - 1]) }
    let character = utf8[point...].firstIndex { $0 & 0xC0 != 0x80 } ?? utf8.count
    // A text that is one token can't be cut: nothing is held out.
    let uncut = tokens == .word ? utf8.count : character
    let nearest = beforeWord || tokens == .word ? wordStart(near: point) ?? uncut : character
    let lineEnd = utf8[point...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
    guard let lineEnd, lineEnd < utf8.count else { return split(nearest, isWithinLine: nearest != character) }
    let isNear = lineEnd - point <= max(256, (utf8.count - point) / 100)
    return isNear ? split(lineEnd) : split(nearest, isWithinLine: true)
  }

  /// Where the word begins, with the spaces before it, that begins nearest to a point and leaves some text on both sides; nil where the
  /// text is one word.
  private func wordStart(near point: Int) -> Int? {
    var nearest: Int?
    utf8.withUnsafeBufferPointer { bytes in
      WordSplitter.split(bytes) { whole, _ in
        let end = whole.upperBound
        if end < bytes.count, nearest.map({ abs(end - point) < abs($0 - point) }) ?? true { nearest = end }
        return end < point
      }
    }
    return nearest
  }

  /// Whether what stands in each of these parts is drawn from the grammar whatever stands before it: stories are drawn one by one.
  func areWhole(_ parts: [Range<Int>]) -> Bool {
    guard let starts else { return false }
    let ends = Set(starts + [utf8.count])
    return parts.allSatisfy { ends.contains($0.lowerBound) && ends.contains($0.upperBound) }
  }

  /// Nats of information in the text of a range of UTF-8 offsets: the sum of −ln(probability) of the grammar's choices
  /// whose text starts in it. No model of the text can be expected to need fewer. Nil where the grammar isn't known.
  public func information(in range: Range<Int>) -> Double? {
    precondition(range.lowerBound >= 0 && range.upperBound <= utf8.count, "\(range) isn't in 0..<\(utf8.count)")
    return trace?.nats(in: range)
  }
}
