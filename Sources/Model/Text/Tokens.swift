/// Tokens of a text, each in as few bytes as its vocabulary needs: one, two or four. A text of 200 MB has about as many.
public struct Tokens: Sendable, Equatable, RandomAccessCollection {
  private enum Storage: Sendable, Equatable {
    case bytes([UInt8])
    case pairs([UInt16])
    case whole([Int32])
  }

  private var storage: Storage

  /// No tokens as yet, of a vocabulary of that size, with room for so many.
  public init(vocabularySize: Int, capacity: Int = 0) {
    func room<Token>(_: Token.Type) -> [Token] {
      var tokens: [Token] = []
      tokens.reserveCapacity(capacity)
      return tokens
    }
    storage =
      vocabularySize <= 1 << 8
      ? .bytes(room(UInt8.self)) : vocabularySize <= 1 << 16 ? .pairs(room(UInt16.self)) : .whole(room(Int32.self))
  }

  /// Tokens of any vocabulary.
  public init(_ tokens: some Sequence<Int32>) {
    if let tokens = tokens as? Tokens { self = tokens } else { storage = .whole(Array(tokens)) }
  }

  /// Adds tokens, each below the vocabulary's size.
  mutating func append(_ more: [Int32]) {
    // The storage is taken out meanwhile, so that its array isn't copied.
    switch storage {
    case .bytes(var tokens):
      storage = .whole([])
      tokens.append(contentsOf: more.lazy.map { UInt8($0) })
      storage = .bytes(tokens)
    case .pairs(var tokens):
      storage = .whole([])
      tokens.append(contentsOf: more.lazy.map { UInt16($0) })
      storage = .pairs(tokens)
    case .whole(var tokens):
      storage = .whole([])
      tokens.append(contentsOf: more)
      storage = .whole(tokens)
    }
  }

  /// The first place.
  public var startIndex: Int { 0 }
  /// The number of tokens.
  public var endIndex: Int {
    switch storage {
    case .bytes(let tokens): tokens.count
    case .pairs(let tokens): tokens.count
    case .whole(let tokens): tokens.count
    }
  }

  /// A token.
  public subscript(place: Int) -> Int32 {
    switch storage {
    case .bytes(let tokens): Int32(tokens[place])
    case .pairs(let tokens): Int32(tokens[place])
    case .whole(let tokens): tokens[place]
    }
  }

  /// Bytes of memory that they take.
  public var memory: Int {
    switch storage {
    case .bytes(let tokens): tokens.count
    case .pairs(let tokens): 2 * tokens.count
    case .whole(let tokens): 4 * tokens.count
    }
  }
}
