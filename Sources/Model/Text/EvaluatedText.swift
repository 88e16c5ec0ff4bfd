import Foundation

/// What of a held-out text an evaluation predicts.
public struct EvaluatedText: Sendable, Equatable {
  /// The predicted tokens' places in the held-out text; the token before them is the first that a model sees.
  public let tokens: Range<Int>
  /// Bytes of text that they stand for.
  public let bytes: Int
  /// How many of them are the unknown one.
  public let unknownTokens: Int
  /// Bytes of text that the unknown ones stand for, with the spaces before them.
  public let unknownBytes: Int
  /// Nats that it costs to spell the words that are unknown.
  public let spelling: Double
  /// Nats of information in the text, below which no model can be expected to get; nil where that isn't known.
  public let information: Double?

  /// Bits per byte of text that a loss in nats per token amounts to, the spelling of unknown words included.
  public func bitsPerByte(_ loss: Double) -> Double {
    (loss * Double(tokens.count) + spelling) / 0.693_147_180_559_945_3 / Double(bytes)
  }

  /// The information in nats per token, below which no loss can be expected; nil where it isn't known, and where words are unknown, since
  /// their spelling is no part of a loss.
  public var floorLoss: Double? { unknownTokens == 0 ? information.map { $0 / Double(tokens.count) } : nil }

  /// The information in bits per byte.
  public var floorBitsPerByte: Double? {
    floorLoss.map(bitsPerByte) ?? information.map { $0 / 0.693_147_180_559_945_3 / Double(bytes) }
  }
}

extension TokenizedCorpus {
  /// What an evaluation of so many tokens from the second on predicts: whole windows of the context's length, at least one.
  public func evaluated(tokens limit: Int, contextLength: Int) -> EvaluatedText {
    evaluated(1..<1 + Trainer.evaluatedTokens(of: validation.count, limit: limit, contextLength: contextLength))
  }

  /// What an evaluation of so many bytes predicts: the same bytes with every tokenizer. They begin where the held-out text's first word
  /// ends and end with the last word within the limit, at least one. Nil where the text has no second word.
  ///
  /// A word is what the tokenizer "word" makes a token, so that each end is one for every tokenizer.
  public func evaluated(bytes limit: Int) -> EvaluatedText? {
    guard let range = heldOut.wholeWords(within: limit) else { return nil }
    var (offset, count) = (0, 0)
    func tokens(upTo end: Int) -> Int {
      while offset < end {
        offset += bytes(ofToken: count)
        count += 1
      }
      precondition(offset == end, "no token ends at byte \(end) of the held-out text")
      return count
    }
    let first = tokens(upTo: range.lowerBound)
    return evaluated(first..<tokens(upTo: range.upperBound))
  }

  private func evaluated(_ tokens: Range<Int>) -> EvaluatedText {
    var (unknownTokens, unknownBytes, spelling) = (0, 0, 0.0)
    let source = source(ofTokens: tokens)
    if let speller {
      var offset = source.lowerBound
      for place in tokens {
        let length = bytes(ofToken: place)
        if validation[place] == tokenizer.unknownToken {
          unknownTokens += 1
          unknownBytes += length
          spelling += speller.nats(of: heldOut.word(in: offset..<offset + length))
        }
        offset += length
      }
    }
    return EvaluatedText(
      tokens: tokens, bytes: source.count, unknownTokens: unknownTokens, unknownBytes: unknownBytes, spelling: spelling,
      information: heldOut.information(in: source))
  }
}
