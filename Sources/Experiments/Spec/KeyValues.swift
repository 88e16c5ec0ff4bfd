import Foundation
import Store
import Words

/// The values that a spec writes for one key: one, or several where the key is an axis.
package struct KeyValues: Equatable {
  /// Most values of a key; more is a mistake.
  package static let limit = 100_000

  package let key: SpecKey
  package let values: [Scalar]

  /// Reads a value, a list of values or a range.
  ///
  /// - Throws: `Rule.Misfit`: what is wrong and what to write.
  package init(_ key: SpecKey, _ json: JSONValue) throws(Rule.Misfit) {
    self.key = key
    switch json {
    case .array where !key.canBeAxis, .object where !key.canBeAxis:
      throw Rule.Misfit("\(json.excerpt) is \(json.kind), but this key can't be an axis; write \(key.rule.wanted).")
    case .array(let items):
      values = try Self.list(items, key)
    case .object(let members):
      values = try Self.range(members, key)
    default:
      values = [try Self.value(json, key)]
    }
  }

  private static func value(_ json: JSONValue, _ key: SpecKey) throws(Rule.Misfit) -> Scalar {
    let value = try key.rule.read(json)
    guard key != .documentMark || value != "" else {
      throw Rule.Misfit("is empty; write the text that ends a document, or leave the key out for blank lines.")
    }
    return value
  }

  private static func list(_ items: [JSONValue], _ key: SpecKey) throws(Rule.Misfit) -> [Scalar] {
    guard !items.isEmpty else {
      throw Rule.Misfit("the list is empty; write at least one value, or leave the key out.")
    }
    guard items.count <= limit else {
      throw Rule.Misfit("the list has \(items.count) values; write at most \(limit).")
    }
    var values: [Scalar] = []
    var seen: Set<Scalar> = []
    var misfits: [Rule.Misfit] = []
    for item in items {
      do throws(Rule.Misfit) {
        let value = try value(item, key)
        guard seen.insert(value).inserted else {
          throw Rule.Misfit("the list holds \(item.excerpt) twice; leave one out.")
        }
        values.append(value)
      } catch {
        misfits.append(error)
      }
    }
    if let misfit = Rule.Misfit(misfits) { throw misfit }
    return values
  }

  /// `{"from": 1e-4, "to": 1e-1, "count": 7, "scale": "log"}`: both ends and evenly spaced values between them.
  private static func range(_ members: [String: JSONValue], _ key: SpecKey) throws(Rule.Misfit) -> [Scalar] {
    let form = "a range is written {\"from\": ..., \"to\": ..., \"count\": ..., \"scale\": \"linear\" or \"log\"}."
    guard key.rule.isNumeric else {
      throw Rule.Misfit("an object isn't \(key.rule.wanted); write that, or a list of such.")
    }
    let names = ["from", "to", "count", "scale"]
    if let unknown = members.keys.sorted().first(where: { !names.contains($0) }) {
      throw Rule.Misfit("\"\(unknown)\" is no part of a range; \(form)", near: nearest(to: unknown, in: names))
    }
    guard let from = members["from"], let to = members["to"], let count = members["count"] else {
      let missing = names.first { members[$0] == nil } ?? ""
      throw Rule.Misfit("the range lacks \"\(missing)\"; \(form)")
    }
    var misfits: [Rule.Misfit] = []
    let ends = [from, to].compactMap { end -> Double? in
      do throws(Rule.Misfit) {
        return try key.rule.read(end).number
      } catch {
        misfits.append(error)
        return nil
      }
    }
    let scale = members["scale"] ?? .string("linear")
    let isLog = scale == .string("log")
    if !isLog, scale != .string("linear") {
      misfits.append(Rule.Misfit("the range's scale is \(scale.excerpt); write \"linear\" or \"log\"."))
    }
    let number = (try? Rule.integer(2...limit).read(count))?.number
    if number == nil {
      misfits.append(Rule.Misfit("the range's count is \(count.excerpt); write a whole number from 2 to \(limit)."))
    }
    if ends.count == 2, ends[0] >= ends[1] {
      misfits.append(Rule.Misfit("the range's \"from\" must be below its \"to\"."))
    } else if isLog, ends.count == 2, ends[0] <= 0 {
      misfits.append(Rule.Misfit("a range on the log scale must start above 0."))
    }
    if let misfit = Rule.Misfit(misfits) { throw misfit }
    return spaced(ends[0], ends[1], Int(number ?? 2), isLog: isLog, key)
  }

  /// Inner values are rounded to 12 digits where that doesn't carry them past an end, so that 0.001 isn't written
  /// 0.0010000000000000002; whole numbers to the next, each once.
  private static func spaced(_ from: Double, _ to: Double, _ count: Int, isLog: Bool, _ key: SpecKey) -> [Scalar] {
    let numbers = (0..<count).map { index -> Double in
      if index == 0 { return from }
      if index == count - 1 { return to }
      let part = Double(index) / Double(count - 1)
      let value = isLog ? exp(log(from) + part * (log(to) - log(from))) : from + part * (to - from)
      guard let rounded = Double(String(format: "%.12g", value)), from < rounded, rounded < to else {
        return min(max(value, from), to)
      }
      return rounded
    }
    guard case .integer = key.rule else { return numbers.map { .number($0) } }
    return numbers.map { Int($0.rounded()) }.reduce(into: []) { values, value in
      if values.last != .integer(value) { values.append(.integer(value)) }
    }
  }
}
