import Foundation
import Model
import Store
import Words

/// One spec file being read: strict, with every complaint noted on the way.
package struct SpecReading {
  package let path: String
  private let changes: SpecChanges
  private(set) var issues: [SpecIssue] = []
  /// The keys whose values have a complaint: nothing is said about what follows from them.
  private var unclear: Set<SpecKey>

  package init(path: String, changes: SpecChanges = SpecChanges()) {
    (self.path, self.changes) = (path, changes)
    unclear = Set(changes.unreadable.compactMap(SpecKey.init))
  }

  /// What can be read of the spec with the changes; nil where that is nothing. One complaint doesn't hide the others: all are told at once.
  package mutating func read() -> SpecDraft? {
    guard let text = text(), let (written, keyPaths) = object(text) else { return nil }
    let members = changes.overriding(written, name: baseName(written))
    let keys = keyPaths + changes.overrides.map(\.key)
    func source(_ members: [String: JSONValue]) -> String {
      SpecChanges.text(members, order: keys.filter { !$0.contains(".") })
    }
    let draft = read(members, keys, source: changes.overrides.isEmpty ? text : source(members))
    guard changes.isRehearsal, let draft, draft.isComplete else { return draft }
    let rehearsed = SpecChanges.rehearsing(members)
    return read(rehearsed, keys, source: source(rehearsed))
  }

  private mutating func read(_ members: [String: JSONValue], _ keyPaths: [String], source: String) -> SpecDraft? {
    refuseUnknownKeys(members.keys, known: SpecKey.allCases, prefix: "")

    let name = name(members)
    let description = scalar(.description, members)
    let seeds = seeds(members)
    let checkpointSeconds = scalar(.checkpointSeconds, members)?.number ?? 0
    let measuring = measuring(members)
    let variants = variants(members)
    guard let grid = grid(variants, seeds: max(seeds.count, 1)) else { return nil }
    refuseUnusedKeys(members, grid)
    refuseImpossiblePairs(grid, writtenKeys: writtenKeys(keyPaths))
    if name == nil { unclear.insert(.name) }
    let spec = Spec(
      path: path, source: source, name: name ?? "", description: description?.exact ?? "", seeds: seeds,
      checkpointSeconds: checkpointSeconds, measuring: measuring, configurations: grid.configurations,
      collapsed: grid.collapsed, writtenKeys: writtenKeys(keyPaths), changes: changes)
    return SpecDraft(spec: spec, unclear: unclear, isComplete: issues.isEmpty)
  }

  /// - Parameter isOfSpec: Whether the complaint depends on what else the spec says, and not on the key's value alone.
  private mutating func complain(
    _ key: String?, _ message: String, isMissingFile: Bool = false, isOfSpec: Bool = false
  ) {
    let place = changes.place(of: key, in: path, isOfSpec: isOfSpec)
    issues.append(SpecIssue(file: place, key: key, message: message, isMissingFile: isMissingFile))
  }
}

// MARK: - The file

extension SpecReading {
  /// Most bytes of a spec.
  private static let limit = 10_000_000

  private mutating func text() -> String? {
    var isFolder: ObjCBool = false
    guard path == UserPath.standardInput || FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      if access(path, F_OK) != 0, errno == EACCES {
        complain(nil, "can't be reached; check the permissions of its folder.")
        return nil
      }
      complain(nil, "no such file.", isMissingFile: true)
      return nil
    }
    guard !isFolder.boolValue else {
      complain(nil, "is a folder; name the spec files in it, such as \(path.hasSuffix("/") ? path : path + "/")*.json.")
      return nil
    }
    guard let data = try? UserPath.contents(of: path, limit: Self.limit) else {
      complain(nil, "can't be read; check its permissions.")
      return nil
    }
    guard data.count <= Self.limit else {
      complain(nil, "has more than \(Self.limit) bytes; a spec is a short JSON file.")
      return nil
    }
    if let encoding = TextEncoding.other(of: Array(data)) {
      complain(nil, "is \(encoding.uppercased()), not UTF-8; save it as UTF-8.")
      return nil
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      complain(nil, "isn't UTF-8 text; save it as UTF-8.")
      return nil
    }
    let source = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    guard source.contains(where: { !$0.isWhitespace }) else {
      complain(nil, "is empty; write at least {}.")
      return nil
    }
    return source
  }

  /// The file's members, and its keys as `JSONReader.keyPaths` has them.
  private mutating func object(_ source: String) -> (members: [String: JSONValue], keyPaths: [String])? {
    var reader = JSONReader(source)
    do {
      guard case .object(let members) = try reader.read() else {
        complain(nil, "isn't a JSON object; write {\"key\": value, ...}.")
        return nil
      }
      for key in reader.repeatedKeys {
        // In the file, whatever the command line says.
        issues.append(SpecIssue(file: path, key: key, message: "the key stands there twice; leave one out."))
        let name = key.split(separator: ".").last.map(String.init) ?? ""
        if let key = SpecKey(rawValue: name), !changes.gives(name) { unclear.insert(key) }
      }
      return (members, reader.keyPaths)
    } catch {
      complain(
        nil, "isn't JSON (line \(error.line), column \(error.column)); check quotes, commas and brackets there.")
      return nil
    }
  }
}

// MARK: - The keys

extension SpecReading {
  private mutating func refuseUnknownKeys(_ keys: some Collection<String>, known: [SpecKey], prefix: String) {
    for key in keys.sorted() where !known.contains(where: { $0.rawValue == key }) {
      if SpecKey(rawValue: key) != nil {
        complain(prefix + key, "can't differ between variants; write it beside \"variants\".")
      } else {
        let near = nearest(to: key, in: known.map(\.rawValue))
        // The one that was probably meant has a value, which can't be known.
        if let meant = near.flatMap(SpecKey.init) { unclear.insert(meant) }
        complain(
          prefix + key, near.map { "unknown key. Did you mean \"\($0)\"?" } ?? "unknown key; docs/spec.md lists all.")
      }
    }
  }

  /// A key's only value: the one given or the default; nil after a complaint.
  private mutating func scalar(_ key: SpecKey, _ members: [String: JSONValue]) -> Scalar? {
    guard let json = members[key.rawValue] else { return key.fallback(beside: [:]) }
    return keyValues(key, json, prefix: "")?.values.first
  }

  private mutating func keyValues(_ key: SpecKey, _ json: JSONValue, prefix: String) -> KeyValues? {
    do {
      return try KeyValues(key, json)
    } catch {
      for message in [error.message] + error.others { complain(prefix + key.rawValue, message) }
      unclear.insert(key)
      return nil
    }
  }

  /// The experiment's name as the spec alone says it; nil for one that comes from a pipe and says none.
  private func baseName(_ members: [String: JSONValue]) -> String? {
    if case .string(let name) = members[SpecKey.name.rawValue] { return name }
    return UserPath.isStream(path) ? nil : fileName
  }

  private var fileName: String { URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent }

  private mutating func name(_ members: [String: JSONValue]) -> String? {
    guard members[SpecKey.name.rawValue] != nil || !UserPath.isStream(path) else {
      complain("name", "a spec that comes from a pipe has no file name; write \"name\": \"…\" into it.")
      return nil
    }
    guard case .text(let name) = scalar(.name, members) ?? .text(fileName) else { return nil }
    let isPlain = name.unicodeScalars.allSatisfy {
      ![.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
    }
    // Scalars: a character may consist of any number of them. Marks of direction and such aren't seen.
    let isSeen = name.unicodeScalars.contains {
      !$0.properties.isWhitespace && $0.properties.generalCategory != .format
    }
    guard isPlain, isSeen, name.unicodeScalars.count <= 200 else {
      let excerpt = JSONValue.string(name).excerpt
      // What the command line changes stands in the name.
      let remedy = changes.overrides.isEmpty || changes.gives("name") ? "" : " Add name=… to the command line."
      complain(
        "name",
        "\(excerpt) is no name; write 1 to 200 characters without line breaks or control characters.\(remedy)")
      return nil
    }
    return name
  }

  private mutating func seeds(_ members: [String: JSONValue]) -> [Int64] {
    let wanted = "write a count from 1 to 10000, or a list of different whole numbers from 0 up."
    switch members[SpecKey.seeds.rawValue] {
    case nil: return [0]
    case .integer(let count) where (1...10_000).contains(count): return (0..<Int64(count)).map { $0 }
    case .array(let items) where !items.isEmpty:
      let seeds = items.compactMap { item -> Int64? in
        guard case .integer(let seed) = item, seed >= 0 else { return nil }
        return Int64(seed)
      }
      if seeds.count == items.count, Set(seeds).count == items.count { return seeds }
      complain("seeds", "\(JSONValue.array(items).excerpt) isn't a list of seeds; \(wanted)")
    case .some(let other):
      complain("seeds", "\(other.excerpt) isn't a number of seeds; \(wanted)")
    }
    return []
  }

  private mutating func prompts(_ members: [String: JSONValue]) -> [String]? {
    guard let json = members[SpecKey.prompts.rawValue] else { return nil }
    if case .array(let items) = json, items.count <= 100 {
      let prompts = items.compactMap { item -> String? in
        guard case .string(let prompt) = item, !prompt.isEmpty, !prompt.unicodeScalars.contains("\0") else {
          return nil
        }
        return prompt
      }
      if prompts.count == items.count { return prompts }
    }
    unclear.insert(.prompts)
    complain(
      "prompts", "\(json.excerpt) isn't a list of prompts; write up to 100 texts, none of them empty or with U+0000.")
    return nil
  }
}

// MARK: - What is looked at

extension SpecReading {
  private mutating func measuring(_ members: [String: JSONValue]) -> Measuring {
    var measuring = Measuring()
    func whole(_ key: SpecKey) -> Int {
      if case .integer(let value) = scalar(key, members) { value } else { 0 }
    }
    measuring.evalEvery = whole(.evalEvery)
    measuring.sampleEvery = whole(.sampleEvery)
    measuring.sampleTokens = whole(.sampleTokens)
    measuring.temperature = scalar(.temperature, members)?.number ?? 0
    measuring.prompts = prompts(members)
    return measuring
  }
}

// MARK: - The grid

extension SpecReading {
  /// The axes of each variant: the base's, with the variant's own in place of them.
  private mutating func variants(_ members: [String: JSONValue]) -> [[KeyValues]] {
    let keys = SpecKey.ofConfiguration
    let base = keyValues(keys, members, prefix: "")
    guard let json = members[SpecKey.variants.rawValue] else { return [base] }
    guard case .array(let items) = json, !items.isEmpty else {
      complain("variants", "\(json.excerpt) isn't a list of variants; write [{\"key\": value}, ...].")
      unclear.insert(.variants)
      return []
    }
    let axisKeys = keys.filter(\.canBeAxis)
    return items.enumerated().compactMap { index, item in
      guard case .object(let own) = item else {
        complain("variants[\(index)]", "\(item.excerpt) is \(item.kind); write an object, {\"key\": value}.")
        unclear.insert(.variants)
        return nil
      }
      let prefix = "variants[\(index)]."
      refuseUnknownKeys(own.keys, known: axisKeys, prefix: prefix)
      let values = keyValues(axisKeys, own, prefix: prefix)
      return keys.compactMap { key in values.first { $0.key == key } ?? base.first { $0.key == key } }
    }
  }

  private mutating func keyValues(
    _ keys: [SpecKey], _ members: [String: JSONValue], prefix: String
  ) -> [KeyValues] {
    keys.compactMap { key in members[key.rawValue].flatMap { keyValues(key, $0, prefix: prefix) } }
  }

  private mutating func grid(_ variants: [[KeyValues]], seeds: Int) -> Grid? {
    let size = Grid.size(variants, seeds: seeds)
    guard let size, size <= Grid.limit else {
      let count = size.map { "\($0)" } ?? "more than 9223372036854775807"
      complain(nil, "spans \(count) runs; shorten its axes or seeds to at most \(Grid.limit) runs.")
      return nil
    }
    return Grid(variants)
  }

  /// The keys of each variant, and what its complaints begin with.
  private func variantMembers(_ members: [String: JSONValue]) -> [(String, [String: JSONValue])] {
    guard case .array(let items) = members[SpecKey.variants.rawValue] else { return [] }
    return items.enumerated().compactMap { index, item in
      guard case .object(let own) = item else { return nil }
      return ("variants[\(index)].", own)
    }
  }

  /// The keys that the spec or one of its variants names, in the text's order, each once.
  private func writtenKeys(_ keyPaths: [String]) -> [SpecKey] {
    keyPaths.reduce(into: []) { keys, path in
      let name = path.hasPrefix("variants[") ? path.split(separator: ".").dropFirst().joined(separator: ".") : path
      if let key = SpecKey(rawValue: name), !keys.contains(key) { keys.append(key) }
    }
  }

  private mutating func refuseUnusedKeys(_ members: [String: JSONValue], _ grid: Grid) {
    guard !unclear.contains(.variants) else { return }
    for (prefix, members) in [("", members)] + variantMembers(members) {
      for key in SpecKey.allCases where members[key.rawValue] != nil && key.isOfConfiguration {
        guard unclear.isDisjoint(with: key.deciders) else { continue }
        let isUsed = grid.configurations.contains { unclear.contains(key) ? $0.uses(key) : $0[key] != nil }
        if !isUsed {
          let why =
            key.rival.map { "has no meaning beside \"\($0.rawValue)\"; leave one of them out." }
            ?? "has a meaning only \(key.purpose), which this spec never has; leave it out."
          complain(prefix + key.rawValue, why, isOfSpec: true)
        }
      }
    }
  }

  /// Heads share the width equally or have a width of their own, heads of keys divide those of queries, halves of a head are rotated into
  /// one another, and the rise ends before the training does. Each pair of values is named once.
  private mutating func refuseImpossiblePairs(_ grid: Grid, writtenKeys: [SpecKey]) {
    func pairs(
      _ first: SpecKey, _ second: SpecKey, beside others: Set<SpecKey> = [],
      where isImpossible: (Configuration, Int, Int) -> Bool
    ) -> [[Int]] {
      guard unclear.isDisjoint(with: others.union([first, second])) else { return [] }
      var seen: Set<[Int]> = []
      return grid.configurations.compactMap { configuration in
        guard case .integer(let a)? = configuration[first], case .integer(let b)? = configuration[second],
          isImpossible(configuration, a, b)
        else { return nil }
        return seen.insert([a, b]).inserted ? [a, b] : nil
      }
    }
    func divisors(_ number: Int) -> String {
      (1...min(number, 128)).filter { number % $0 == 0 }.map(String.init).joined(separator: ", ")
    }
    let heads = pairs(.dModel, .heads, beside: [.headSize]) { configuration, _, _ in configuration[.headSize] == nil }
    complain(heads, "heads") { width, count in
      "\(count) doesn't divide d_model \(width); write one of \(divisors(width)), change d_model, or give head_size."
    }
    let keyHeads = pairs(.heads, .kvHeads) { _, heads, keyHeads in heads % keyHeads != 0 }
    complain(keyHeads, "kv_heads") { heads, keyHeads in
      "\(keyHeads) doesn't divide heads \(heads); write one of \(divisors(heads)), or change heads."
    }
    func isOdd(_ configuration: Configuration) -> Bool {
      guard case .integer(let size)? = configuration[.headSize] else { return false }
      return configuration[.positions] == .text(Architecture.Positions.rope.rawValue) && size % 2 == 1
    }
    let remedy = "positions \"rope\" rotates one half of a head against the other; write an even number"
    if writtenKeys.contains(.headSize) {
      let odd = pairs(.headSize, .heads, beside: [.positions, .block]) { configuration, _, _ in isOdd(configuration) }
      complain(odd, "head_size") { size, _ in "\(size) is odd, but \(remedy)." }
    } else {
      let odd = pairs(.dModel, .heads, beside: [.positions, .block]) { configuration, _, _ in isOdd(configuration) }
      complain(odd, "heads") { width, heads in
        "make the heads of d_model \(width) an odd \(width / heads) wide, but \(remedy) as head_size, or change heads."
      }
    }
    let warmups = pairs(.steps, .warmupSteps) { _, steps, warmup in warmup >= steps }
    refuseSchedules(grid)
    refuseParametrizations(grid)
    complain(warmups, "warmup_steps") { steps, warmup in
      "\(warmup) isn't below steps \(steps); write at most \(steps - 1), or more steps."
    }
  }

  /// A head's width at the base is known only where heads share the width, and all widths have as many; the depth's rules are none of
  /// SGD's, and hold for norms before layers alone.
  private mutating func refuseParametrizations(_ grid: Grid) {
    let scaled = grid.configurations.filter { $0[.baseDModel] != nil }
    if unclear.isDisjoint(with: [.parametrization, .heads, .headSize, .baseHeadSize, .dModel]) {
      let unknown = scaled.filter { $0[.baseHeadSize] == nil }
      let kind = scaled.first?.text(.parametrization) ?? ""
      let remedy = "open how wide a head is at base_d_model; write \"base_head_size\"."
      let sizes = Set(
        unknown.compactMap { configuration -> Int? in
          guard case .integer(let size)? = configuration[.headSize] else { return nil }
          return size * configuration.integer(.heads) == configuration.integer(.dModel) ? nil : size
        }
      ).sorted()
      let heads = Set(unknown.map { $0.integer(.heads) }).sorted()
      func list(_ numbers: [Int]) -> String { Wording.list(numbers.map(String.init)) }
      if !sizes.isEmpty {
        complain(
          SpecKey.headSize.rawValue,
          "\(list(sizes)) with parametrization \"\(kind)\" \(sizes.count > 1 ? "leave" : "leaves") \(remedy)",
          isOfSpec: true)
      } else if heads.count > 1, Set(unknown.map { $0.integer(.dModel) }).count > 1 {
        complain(
          SpecKey.heads.rawValue, "\(list(heads)) with parametrization \"\(kind)\" leave \(remedy)", isOfSpec: true)
      }
    }
    if unclear.isDisjoint(with: [.parametrization, .normPlacement, .block]),
      scaled.contains(where: {
        $0[.baseLayers] != nil && $0.text(.normPlacement) != Architecture.NormPlacement.pre.rawValue
      })
    {
      complain(
        SpecKey.parametrization.rawValue,
        "\"completep\" multiplies what a layer adds to the residual stream, which a norm behind the layer undoes; write \"mup\", or "
          + "\"norm_placement\": \"pre\".", isOfSpec: true)
    }
    if unclear.isDisjoint(with: [.parametrization, .optimizer]),
      scaled.contains(where: { $0[.baseLayers] != nil && $0.text(.optimizer) == Optimizer.Kind.sgd.rawValue })
    {
      complain(
        SpecKey.parametrization.rawValue,
        "\"completep\" has no rules for optimizer \"sgd\"; write \"mup\", or another optimizer.", isOfSpec: true)
    }
  }

  /// An optimizer that averages weights keeps the learning rate at its peak.
  private mutating func refuseSchedules(_ grid: Grid) {
    guard unclear.isDisjoint(with: [.optimizer, .schedule]) else { return }
    var seen: Set<String> = []
    for configuration in grid.configurations {
      let kind: Optimizer.Kind = configuration.word(.optimizer)
      let (schedule, constant) = (configuration.text(.schedule), LearningRateSchedule.Kind.constant.rawValue)
      guard kind.needsConstantRate, schedule != constant, seen.insert("\(kind) \(schedule)").inserted else { continue }
      complain(
        SpecKey.schedule.rawValue,
        "\"\(schedule)\" can't go with optimizer \"\(kind.rawValue)\", which averages weights and keeps the learning rate; write "
          + "\"\(constant)\", or leave the key out.", isOfSpec: true)
    }
  }

  private mutating func complain(_ pairs: [[Int]], _ key: String, _ wording: (Int, Int) -> String) {
    for pair in pairs.prefix(5) { complain(key, wording(pair[0], pair[1]), isOfSpec: true) }
    if pairs.count > 5 { complain(key, "and \(pairs.count - 5) more such pairs.", isOfSpec: true) }
  }
}
