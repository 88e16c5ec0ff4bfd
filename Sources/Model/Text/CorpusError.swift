/// Why a file can't be a corpus.
public enum CorpusError: Error, Equatable, CustomStringConvertible {
  /// There is nothing at the path.
  case missing(path: String)
  /// The path is a folder's.
  case isFolder(path: String)
  /// The system doesn't let us read it, for its own reason.
  case unreadable(path: String, reason: String)
  /// The first byte that isn't part of a UTF-8 character, counted from 0.
  case notUTF8(path: String, byteOffset: Int)
  /// The text is in another encoding of Unicode, by its name for `iconv`.
  case otherEncoding(path: String, encoding: String)
  /// The text and its tokens, of a byte each at least, don't fit into memory; both in bytes.
  case tooLarge(path: String, needed: Double, available: Double)
  /// The file has no bytes.
  case empty(path: String)

  /// The fact and the remedy, for the user.
  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): no such file. Check its spelling; the path of a spec\'s \"corpus\" or \"validation\" starts beside the spec."
    case .isFolder(let path):
      "\(path): that is a folder. Name one text file; `cat \(path)/*.txt > all.txt` makes one of several."
    case .unreadable(let path, let reason):
      "\(path): can't be read (\(reason)). Check its permissions with `ls -l \(path)`."
    case .notUTF8(let path, let byteOffset):
      "\(path): byte \(byteOffset) isn't UTF-8. Convert it from its encoding (`file -i \(path)` guesses it), such as "
        + "`iconv -f latin1 -t utf-8 \(path) > utf8.txt`."
    case .otherEncoding(let path, let encoding):
      "\(path): is \(encoding.uppercased()), not UTF-8. Convert it with `iconv -f \(encoding) -t utf-8 \(path) > utf8.txt`."
    case .tooLarge(let path, let needed, let available):
      "\(path): takes at least \(Int((needed / 1e6).rounded(.up))) MB of memory with its tokens, but there are \(Int(available / 1e6)) MB. Take a "
        + "part of it, such as `head -c 100000000 \(path) > part.txt`."
    case .empty(let path):
      "\(path): the file is empty. Put some text into it, or use \"stories\"."
    }
  }
}
