import Foundation

/// Numbers and times as people read them.
public enum Wording {
  /// "40 ms", "0.4 s", "12 s", "3 min 05 s", "2 h 07 min", "4 d 03 h".
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e12 else { return "unknown" }
    let whole = Int(seconds.rounded())
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    switch whole {
    case _ where seconds < 0.0995: return seconds > 0 ? "\(Int((1000 * seconds).rounded(.up))) ms" : "0 s"
    case _ where seconds < 9.95: return String(format: "%.1f s", seconds)
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) min \(padded(whole % 60)) s"
    case ..<86400: return "\(whole / 3600) h \(padded(whole % 3600 / 60)) min"
    default: return "\(whole / 86400) d \(padded(whole % 86400 / 3600)) h"
    }
  }

  /// "950", "12.3 k", "1.20 M", "3.4e15": three digits with a decimal unit.
  public static func count(_ value: Double) -> String {
    for (size, unit) in [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")] where value >= size * 0.9995 {
      guard value < 1e15 else { break }
      return digits(value / size) + unit
    }
    return value >= 1e15 ? String(format: "%.2e", value) : value.rounded() == value ? "\(Int(value))" : digits(value)
  }

  /// "640 kB", "12.3 MB", "1.20 GB".
  public static func bytes(_ value: Double) -> String { count(value) + (value >= 999.5 ? "B" : " B") }

  /// "1 run", "2 runs".
  public static func number(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// "a", "a and b", "a, b and c".
  public static func list(_ items: [String], separator: String = ", ") -> String {
    items.count > 1 ? items.dropLast().joined(separator: separator) + " and " + items[items.count - 1] : items.joined()
  }

  /// The same of labels, so many at most; those that share a first word have it once: "d_model 16, 32 and 64".
  public static func values(_ labels: [String], most: Int) -> String {
    let words = labels.map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
    let isOneKey = Set(words.map(\.first)).count == 1 && words.allSatisfy { $0.count == 2 && !$0[1].contains(", ") }
    let names =
      isOneKey ? words.enumerated().map { $0.offset == 0 ? $0.element.joined(separator: " ") : $0.element[1] } : labels
    // Labels of several keys hold commas.
    guard isOneKey || !labels.contains(where: { $0.contains(",") }) else {
      return names.prefix(most).joined(separator: "; ") + (names.count > most ? " and \(names.count - most) more" : "")
    }
    return list(Array(names.prefix(most)) + (names.count > most ? ["\(names.count - most) more"] : []))
  }

  /// Why something failed: the system's own words, such as "No space left on device", where it has any.
  public static func reason(of error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? error
    let code = cause as NSError
    if code.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(code.code))) }
    return error is CocoaError ? error.localizedDescription : "\(error)"
  }

  private static func digits(_ value: Double) -> String {
    String(format: value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value)
  }
}
