import Words

/// A time limit as Slurm reads it: minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes or
/// days-hours:minutes:seconds. https://slurm.schedmd.com/sbatch.html#OPT_time
struct TimeLimit: Equatable {
  /// As it was written.
  let text: String
  let seconds: Double

  /// Nil for what is no time, or none at all.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count) else { return nil }
    let fields = parts[parts.count - 1].split(separator: ":", omittingEmptySubsequences: false).map(Self.number)
    guard (1...3).contains(fields.count), let days = parts.count == 2 ? Self.number(parts[0]) : 0 else { return nil }
    let numbers = fields.compactMap(\.self)
    guard numbers.count == fields.count else { return nil }
    let units: [Double] = parts.count == 2 ? [3600, 60, 1] : fields.count == 3 ? [3600, 60, 1] : [60, 1]
    seconds = zip(numbers, units).reduce(86400 * days) { $0 + $1.0 * $1.1 }
    guard seconds >= 60, seconds < 1e8 else { return nil }
    self.text = text
  }

  private static func number(_ text: Substring) -> Double? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && (1...6).contains(text.utf8.count)
      ? Double(text) : nil
  }
}
