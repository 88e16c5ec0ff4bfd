import Foundation
import Testing

@testable import Experiments

/// The wording of everything that can be wrong with a spec in itself.
@Suite(.timeLimit(.minutes(10)))
struct SpecErrorTests {
  // MARK: The file

  @Test(
    "A file that isn't a JSON object is refused as a whole",
    arguments: [
      ("", "is empty; write at least {}."),
      (" \n\t\r\n", "is empty; write at least {}."),
      ("\u{FEFF}", "is empty; write at least {}."),
      ("\u{FEFF} \n", "is empty; write at least {}."),
      ("[]", "isn't a JSON object; write {\"key\": value, ...}."),
      ("null", "isn't a JSON object; write {\"key\": value, ...}."),
      ("\"text\"", "isn't a JSON object; write {\"key\": value, ...}."),
      ("1e400", "isn't a JSON object; write {\"key\": value, ...}."),
      ("{\"lr\": NaN}", "isn't JSON (line 1, column 8); check quotes, commas and brackets there."),
      ("{\"steps\": 01}", "isn't JSON (line 1, column 11); check quotes, commas and brackets there."),
      (
        "{\n  \"lr\": 0.1\n  \"steps\": 3\n}", "isn't JSON (line 3, column 3); check quotes, commas and brackets there."
      ),
      ("\u{FEFF}{\"lr\": 1,}", "isn't JSON (line 1, column 10); check quotes, commas and brackets there."),
    ])
  func file(text: String, message: String) throws {
    #expect(try issues(of: text) == ["spec.json: " + message])
  }

  @Test("Control characters that stand in a spec don't reach the terminal")
  func controlCharacters() throws {
    #expect(
      try issues(of: #"{"a\u001b[2J\n": 1}"#) == ["spec.json: a\\u{1b}[2J\\u{a}: unknown key; docs/spec.md lists all."])
  }

  @Test("A file that isn't there is told as such, for the exit code")
  func missing() throws {
    try SpecFolder.with { folder in
      let issues = SpecReader(paths: [folder.path("none.json")]).issues
      #expect(folder.lines(issues) == ["none.json: no such file."])
      #expect(issues.map(\.isMissingFile) == [true])
    }
  }

  @Test("A folder is refused with the way to name what is in it")
  func folder() throws {
    try SpecFolder.with { folder in
      let path = folder.path("specs")
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      let issues = SpecReader(paths: [path]).issues
      #expect(folder.lines(issues) == ["specs: is a folder; name the spec files in it, such as specs/*.json."])
      #expect(issues.map(\.isMissingFile) == [false])
    }
  }

  @Test(
    "Bytes that aren't UTF-8 are refused", arguments: [[0xFF, 0x7B], [0x22, 0xE9, 0x22], [0xC3]] as [[UInt8]])
  func notUTF8(bytes: [UInt8]) throws {
    try SpecFolder.with { folder in
      let path = try folder.write(bytes)
      #expect(
        folder.lines(SpecReader(paths: [path]).issues) == ["spec.json: isn't UTF-8 text; save it as UTF-8."])
    }
  }

  @Test("A file of more than 10 MB isn't read")
  func large() throws {
    #expect(
      try issues(of: "{}" + String(repeating: " ", count: 9_999_999))
        == ["spec.json: has more than 10000000 bytes; a spec is a short JSON file."])
  }

  @Test("A file that mustn't be read is refused", .enabled("root may read everything") { geteuid() != 0 })
  func unreadable() throws {
    try SpecFolder.with { folder in
      let path = try folder.write("{}")
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
      #expect(
        folder.lines(SpecReader(paths: [path]).issues) == ["spec.json: can't be read; check its permissions."])
    }
  }

  // MARK: Keys

  @Test(
    "An unknown key is refused, with the key that was meant where one is near",
    arguments: [
      ("layer", "layers"), ("seed", "seeds"), ("LR", "lr"), ("lr ", "lr"), ("ir", "lr"), ("d-model", "d_model"),
      ("dmodel", "d_model"), ("D_FF", "d_ff"), ("optimiser", "optimizer"), ("bach_szie", "batch_size"),
      ("weigth_decay", "weight_decay"), ("contextlength", "context_length"), ("promtps", "prompts"),
      ("learning_rate", nil), ("", nil), ("rate", nil), ("jobs", nil), ("epochs", nil), ("optmzr", nil),
      (String(repeating: "lr", count: 60), nil),
    ])
  func unknownKey(key: String, meant: String?) throws {
    let remedy = meant.map { "unknown key. Did you mean \"\($0)\"?" } ?? "unknown key; docs/spec.md lists all."
    #expect(
      try issues(of: "{\"\(key)\": 1}") == ["spec.json: \(key.isEmpty ? "\"\"" : key): \(remedy)"])
  }

  @Test(
    "A repeated key is refused wherever it stands",
    arguments: [
      (#"{"lr": 1, "lr": 1}"#, "lr"), (#"{"lr": 1, "steps": 2, "\u006cr": 3, "lr": 4}"#, "lr"),
      (#"{"variants": [{"lr": 1}, {"lr": 1, "lr": 2}]}"#, "variants[1].lr"),
      (#"{"lr": {"from": 1, "from": 1, "to": 2, "count": 2}}"#, "lr.from"),
    ])
  func repeatedKey(text: String, key: String) throws {
    #expect(try issues(of: text) == ["spec.json: \(key): the key stands there twice; leave one out."])
  }

  @Test(
    "A key that nothing in the spec gives a meaning is refused",
    arguments: [
      (#"{"momentum": 0.9}"#, "momentum", #"with optimizer "muon", "sgd" or "signum""#),
      (#"{"optimizer": ["adam", "adamw"], "momentum": 0}"#, "momentum", #"with optimizer "muon", "sgd" or "signum""#),
      (
        #"{"optimizer": "sgd", "beta1": 0.9}"#, "beta1",
        #"with optimizer "adam", "adamw", "ademamix", "lion", "muon" or "schedule_free""#
      ),
      (
        #"{"optimizer": "sgd", "beta2": [0.9, 0.99]}"#, "beta2",
        #"with optimizer "adam", "adamw", "ademamix", "lion", "muon" or "schedule_free""#
      ),
      (
        #"{"optimizer": "sgd", "epsilon": 1e-8}"#, "epsilon",
        #"with optimizer "adam", "adamw", "ademamix", "muon" or "schedule_free""#
      ),
      (
        #"{"optimizer": ["sgd", "adam"], "weight_decay": 0.1}"#, "weight_decay",
        #"with optimizer "adamw", "ademamix", "lion", "muon", "schedule_free" or "signum""#
      ),
      (
        #"{"schedule": "constant", "final_lr_fraction": 0}"#, "final_lr_fraction",
        #"with schedule "cosine", "linear", "power" or "wsd""#
      ),
      (#"{"vocab_size": 100}"#, "vocab_size", #"with tokenizer "word""#),
      (
        #"{"variants": [{"optimizer": "adam"}, {"momentum": 0.9}]}"#, "variants[1].momentum",
        #"with optimizer "muon", "sgd" or "signum""#
      ),
    ])
  func unusedKey(text: String, key: String, purpose: String) throws {
    #expect(
      try issues(of: text)
        == ["spec.json: \(key): has a meaning only \(purpose), which this spec never has; leave it out."])
  }

  @Test("A key that has a meaning somewhere in the grid is no mistake")
  func keyUsedSomewhere() throws {
    #expect(try issues(of: #"{"optimizer": ["sgd", "adamw"], "momentum": [0, 0.9], "weight_decay": 0.1}"#) == [])
    #expect(try issues(of: #"{"momentum": 0.9, "variants": [{"optimizer": "sgd"}, {}]}"#) == [])
  }

  @Test("An optimizer that averages weights keeps its learning rate")
  func scheduleFree() throws {
    #expect(try issues(of: #"{"optimizer": ["adamw", "schedule_free"]}"#) == [])
    #expect(try issues(of: #"{"optimizer": "schedule_free", "schedule": "constant"}"#) == [])
    #expect(
      try issues(of: #"{"optimizer": ["adamw", "schedule_free"], "schedule": ["constant", "wsd"], "lr": [1, 2]}"#) == [
        #"spec.json: schedule: "wsd" can't go with optimizer "schedule_free", which averages weights and keeps the learning rate; "#
          + #"write "constant", or leave the key out."#
      ])
  }

  @Test("muP needs a head's width at the base where it can't be told, and CompleteP an optimizer that it has rules for")
  func parametrizations() throws {
    let widths = #""parametrization": "mup", "variants": [{"d_model": 32, "heads": 2}, {"d_model": 64, "heads": 4}]"#
    #expect(try issues(of: "{\(widths), \"base_head_size\": 16}") == [])
    #expect(try issues(of: #"{"parametrization": ["mup", "standard"], "d_model": [32, 64], "heads": 2}"#) == [])
    #expect(
      try issues(of: "{\(widths)}") == [
        "spec.json: heads: 2 and 4 with parametrization \"mup\" leave open how wide a head is at base_d_model; write "
          + "\"base_head_size\"."
      ])
    // A width of its own is no share of the width at the base.
    let own = #""parametrization": "mup", "head_size": 32"#
    #expect(
      try issues(of: "{\(own)}") == [
        "spec.json: head_size: 32 with parametrization \"mup\" leaves open how wide a head is at base_d_model; write \"base_head_size\"."
      ])
    #expect(try issues(of: "{\(own), \"base_head_size\": 32}") == [])
    #expect(try issues(of: #"{"parametrization": "mup", "head_size": 16, "d_model": 64, "heads": 4}"#) == [])
    #expect(try issues(of: #"{"parametrization": "mup", "optimizer": "sgd"}"#) == [])
    #expect(
      try issues(of: #"{"parametrization": ["mup", "completep"], "optimizer": ["sgd", "adam"]}"#) == [
        "spec.json: parametrization: \"completep\" has no rules for optimizer \"sgd\"; write \"mup\", or another optimizer."
      ])
    #expect(
      try issues(of: #"{"parametrization": ["mup", "completep"], "block": "olmo2"}"#) == [
        "spec.json: parametrization: \"completep\" multiplies what a layer adds to the residual stream, which a norm behind the layer "
          + "undoes; write \"mup\", or \"norm_placement\": \"pre\"."
      ])
  }

  // MARK: Values

  @Test("The table of rules has every key that holds a number")
  func rulesAreComplete() {
    let numeric = SpecKey.allCases.filter { key in
      switch key.rule {
      case .integer, .number: true
      case .text, .word, .bool, .structure: false
      }
    }
    #expect(numberRules.map(\.key) == numeric.map(\.rawValue))
  }

  @Test("A number may be at the ends of what belongs there and not beyond", arguments: numberRules)
  func numbers(key: String, wanted: String, taken: [String], refused: [String]) throws {
    for number in taken {
      #expect(try issues(of: "{\"\(key)\": \(number)\(company(key))}") == [], "\(number)")
    }
    for number in refused + ["99999999999999999999", "-99999999999999999999"] {
      let shown = [
        "-0.0": "0", "-1e-9": "-1e-09", "99999999999999999999": "1e+20", "-99999999999999999999": "-1e+20",
      ][number]
      #expect(
        try issues(of: "{\"\(key)\": \(number)\(company(key))}")
          == ["spec.json: \(key): \(shown ?? number) is out of range; write \(wanted)."])
    }
    for number in ["1e400", "-1e400"] {
      #expect(
        try issues(of: "{\"\(key)\": \(number)\(company(key))}")
          == ["spec.json: \(key): \(number) is out of range; write \(wanted)."])
    }
    if wanted.hasPrefix("a whole number") {
      #expect(
        try issues(of: "{\"\(key)\": 4.5\(company(key))}") == [
          "spec.json: \(key): 4.5 isn't a whole number; write \(wanted)."
        ])
    }
  }

  @Test("What isn't a number is never taken for one", arguments: numberRules)
  func notNumbers(key: String, wanted: String, taken: [String], refused: [String]) throws {
    for (json, kind) in [
      ("\"1\"", "a string"), ("\"\"", "a string"), ("true", "true or false"), ("false", "true or false"),
      ("null", "null"),
    ] {
      #expect(
        try issues(of: "{\"\(key)\": \(json)\(company(key))}") == [
          "spec.json: \(key): \(json) is \(kind); write \(wanted)."
        ])
    }
  }

  @Test(
    "A text and a word are refused where they are something else",
    arguments: [
      (#"{"name": 5}"#, #"name: 5 is a number; write a text."#),
      (#"{"name": null}"#, #"name: null is null; write a text."#),
      (#"{"name": ["a", "b"]}"#, #"name: ["a", "b"] is a list, but this key can't be an axis; write a text."#),
      (#"{"description": true}"#, #"description: true is true or false; write a text."#),
      (
        #"{"description": {"en": "why"}}"#,
        #"description: {"en": "why"} is an object, but this key can't be an axis; write a text."#
      ),
      (#"{"corpus": 1}"#, #"corpus: 1 is a number; write a text."#),
      (#"{"corpus": {"from": 1}}"#, #"corpus: an object isn't a text; write that, or a list of such."#),
      (#"{"tokenizer": 1}"#, #"tokenizer: 1 is a number; write one of "char", "word", "byte"."#),
      (#"{"tokenizer": "bpe"}"#, #"tokenizer: "bpe" isn't known; write one of "char", "word", "byte"."#),
      (
        #"{"tokenizer": "words"}"#,
        #"tokenizer: "words" isn't known; write one of "char", "word", "byte". Did you mean "word"?"#
      ),
      (
        #"{"tokenizer": {}}"#,
        #"tokenizer: an object isn't one of "char", "word", "byte"; write that, or a list of such."#
      ),
      (
        #"{"optimizer": "AdamW"}"#,
        #"optimizer: "AdamW" isn't known; write one of "adamw", "adam", "sgd", "muon", "lion", "signum", "ademamix", "schedule_free". Did you mean "adamw"?"#
      ),
      (
        #"{"optimizer": "rmsprop"}"#,
        #"optimizer: "rmsprop" isn't known; write one of "adamw", "adam", "sgd", "muon", "lion", "signum", "ademamix", "schedule_free"."#
      ),
      (#"{"cautious_decay": 1}"#, "cautious_decay: 1 is a number; write true or false."),
      (#"{"cautious_decay": "true"}"#, "cautious_decay: \"true\" is a string; write true or false."),
      (
        #"{"schedule": "cosin"}"#,
        #"schedule: "cosin" isn't known; write one of "cosine", "linear", "constant", "wsd", "inverse_sqrt", "power". Did you mean "cosine"?"#
      ),
      (
        #"{"schedule": false}"#,
        #"schedule: false is true or false; write one of "cosine", "linear", "constant", "wsd", "inverse_sqrt", "power"."#
      ),
      (
        #"{"eval_every": [10, 20]}"#,
        "eval_every: [10, 20] is a list, but this key can't be an axis; write a whole number from 1 to 100000000."
      ),
      (
        #"{"temperature": []}"#,
        "temperature: [] is a list, but this key can't be an axis; write a number from 0 up to 1000000."
      ),
      (
        #"{"checkpoint_seconds": {"from": 1, "to": 2, "count": 2}}"#,
        #"checkpoint_seconds: {"count": 2, "from": 1, "to": 2} is an object, but this key can't be an axis; "#
          + "write a number above 0 up to 1000000."
      ),
    ])
  func texts(text: String, line: String) throws {
    #expect(try issues(of: text) == ["spec.json: " + line])
  }

  @Test(
    "A name must be fit for a table, a chart and a folder",
    arguments: [
      "", "   ", "\t", "two\nlines", "bell\u{7}", "\u{1B}[31m", "next\u{85}line", "line\u{2028}end", "\u{7F}",
    ])
  func names(name: String) throws {
    // C1 controls and DEL may stand in JSON as they are; a terminal isn't shown them.
    let json = JSONValue.string(name).excerpt.replacing("\u{85}", with: "\\u{85}").replacing("\u{7F}", with: "\\u{7f}")
    let text = try String(decoding: JSONEncoder().encode(["name": name]), as: UTF8.self)
    #expect(
      try issues(of: text)
        == ["spec.json: name: \(json) is no name; write 1 to 200 characters without line breaks or control characters."]
    )
  }

  @Test("A name has at most 200 characters")
  func nameLength() throws {
    #expect(try issues(of: "{\"name\": \"\(String(repeating: "é", count: 200))\"}") == [])
    #expect(
      try issues(of: "{\"name\": \"\(String(repeating: "é", count: 201))\"}")
        == [
          "spec.json: name: \"\(String(repeating: "é", count: 56))... is no name; "
            + "write 1 to 200 characters without line breaks or control characters."
        ])
  }

  @Test("A name's length is that of its scalars, and one that can't be seen is none")
  func hiddenNames() throws {
    let marks = "a" + String(repeating: "\u{301}", count: 200)
    for name in [marks, "\u{202E}\u{2066}", "\u{200B} "] {
      let issues = try issues(of: "{\"name\": \"\(name)\"}")
      #expect(issues.count == 1)
      #expect(issues[0].hasSuffix("is no name; write 1 to 200 characters without line breaks or control characters."))
    }
  }

  @Test("A text with U+0000, where the database and the file system would end it, is refused")
  func nul() throws {
    for key in ["description", "corpus"] {
      #expect(
        try issues(of: "{\"\(key)\": \"a\\u0000b\"}")
          == [#"spec.json: \#(key): "a\u0000b" holds U+0000; leave it out."#])
    }
  }

  @Test("A key of any length is shown in part, and an empty one in quotes")
  func strangeKeys() throws {
    let key = String(repeating: "k", count: 5000)
    #expect(
      try issues(of: "{\"\(key)\": 1, \"\": 1}") == [
        "spec.json: \"\": unknown key; docs/spec.md lists all.",
        "spec.json: \(key.prefix(197))...: unknown key; docs/spec.md lists all.",
      ])
  }

  @Test("A spec in another encoding of Unicode is told as such, with and without a mark")
  func otherEncodings() throws {
    for (encoding, name) in [
      (String.Encoding.utf16LittleEndian, "UTF-16LE"), (.utf16BigEndian, "UTF-16BE"), (.utf16, "UTF-16"),
      (.utf32LittleEndian, "UTF-32LE"),
    ] {
      try SpecFolder.with { folder in
        let text = try #require("{\"d_model\": 8, \"steps\": 10}".data(using: encoding))
        let path = try folder.write(Array(text))
        #expect(
          folder.lines(SpecReader(paths: [path]).issues) == ["spec.json: is \(name), not UTF-8; save it as UTF-8."])
      }
    }
  }

  @Test("A file's name that stands in for the name must be one too")
  func fileNames() throws {
    try SpecFolder.with { folder in
      let bell = SpecReader(paths: [try folder.write("{}", to: "a\u{7}b.json")])
      let long = SpecReader(paths: [try folder.write("{}", to: String(repeating: "x", count: 201) + ".json")])
      let wanted = "is no name; write 1 to 200 characters without line breaks or control characters."
      #expect(bell.issues.map(\.key) == ["name"])
      #expect(bell.issues.map(\.message) == ["\"a\\u0007b\" \(wanted)"])
      #expect(long.issues.map(\.message) == ["\"\(String(repeating: "x", count: 56))... \(wanted)"])
    }
  }

  // MARK: Axes

  @Test(
    "A list that spans nothing or something twice is refused",
    arguments: [
      (#"{"lr": []}"#, "lr: the list is empty; write at least one value, or leave the key out."),
      (#"{"lr": [0.1, 0.2, 0.1]}"#, "lr: the list holds 0.1 twice; leave one out."),
      (#"{"lr": [0.001, 1e-3]}"#, "lr: the list holds 0.001 twice; leave one out."),
      (#"{"momentum": [0, -0.0], "optimizer": "sgd"}"#, "momentum: the list holds 0 twice; leave one out."),
      (#"{"heads": [1, 2.0, 2]}"#, "heads: the list holds 2 twice; leave one out."),
      (#"{"optimizer": ["adam", "adam"]}"#, #"optimizer: the list holds "adam" twice; leave one out."#),
      (#"{"corpus": ["stories", "stories"]}"#, #"corpus: the list holds "stories" twice; leave one out."#),
      (#"{"lr": [0.1, "0.2"]}"#, #"lr: "0.2" is a string; write a number above 0 up to 1000000."#),
      (#"{"lr": [0.1, [0.2]]}"#, "lr: [0.2] is a list; write a number above 0 up to 1000000."),
      (#"{"layers": [1, 0]}"#, "layers: 0 is out of range; write a whole number from 1 to 1024."),
      (
        #"{"lr": [{"from": 1, "to": 2, "count": 2}]}"#,
        #"lr: {"count": 2, "from": 1, "to": 2} is an object; write a number above 0 up to 1000000."#
      ),
    ])
  func lists(text: String, line: String) throws {
    #expect(try issues(of: text) == ["spec.json: " + line])
  }

  @Test("A list has at most 100,000 values")
  func longList() throws {
    let values = (1...100_001).map(String.init).joined(separator: ",")
    #expect(
      try issues(of: "{\"lr\": [\(values)]}") == ["spec.json: lr: the list has 100001 values; write at most 100000."])
  }

  @Test(
    "A range that isn't one is refused",
    arguments: [
      (#"{}"#, #"the range lacks "from"; "# + rangeForm),
      (#"{"from": 1}"#, #"the range lacks "to"; "# + rangeForm),
      (#"{"from": 1, "to": 2}"#, #"the range lacks "count"; "# + rangeForm),
      (#"{"to": 2, "count": 2, "scale": "log"}"#, #"the range lacks "from"; "# + rangeForm),
      (
        #"{"from": 1, "to": 2, "cuont": 2}"#,
        #""cuont" is no part of a range; "# + rangeForm + #" Did you mean "count"?"#
      ),
      (#"{"from": 1, "to": 2, "count": 2, "step": 1}"#, #""step" is no part of a range; "# + rangeForm),
      (#"{"min": 1, "max": 2}"#, #""max" is no part of a range; "# + rangeForm),
      (#"{"from": 2, "to": 1, "count": 3}"#, #"the range's "from" must be below its "to"."#),
      (#"{"from": 1, "to": 1, "count": 3}"#, #"the range's "from" must be below its "to"."#),
      (#"{"from": 0, "to": 1, "count": 3}"#, "0 is out of range; write a number above 0 up to 1000000."),
      (#"{"from": 1, "to": 1e7, "count": 3}"#, "10000000 is out of range; write a number above 0 up to 1000000."),
      (
        #"{"from": 1, "to": 1e400, "count": 3}"#,
        "1e400 is out of range; "
          + "write a number above 0 up to 1000000."
      ),
      (#"{"from": "1", "to": 2, "count": 3}"#, #""1" is a string; write a number above 0 up to 1000000."#),
      (#"{"from": 1, "to": null, "count": 3}"#, "null is null; write a number above 0 up to 1000000."),
      (#"{"from": 1, "to": 2, "count": 1}"#, "the range's count is 1; write a whole number from 2 to 100000."),
      (#"{"from": 1, "to": 2, "count": -3}"#, "the range's count is -3; write a whole number from 2 to 100000."),
      (#"{"from": 1, "to": 2, "count": 2.5}"#, "the range's count is 2.5; write a whole number from 2 to 100000."),
      (
        #"{"from": 1, "to": 2, "count": 100001}"#,
        "the range's count is 100001; "
          + "write a whole number from 2 to 100000."
      ),
      (
        #"{"from": 1, "to": 2, "count": 99999999999999999999}"#,
        "the range's count is 1e+20; "
          + "write a whole number from 2 to 100000."
      ),
      (#"{"from": 1, "to": 2, "count": "3"}"#, #"the range's count is "3"; write a whole number from 2 to 100000."#),
      (#"{"from": 1, "to": 2, "count": 3, "scale": "Log"}"#, #"the range's scale is "Log"; write "linear" or "log"."#),
      (#"{"from": 1, "to": 2, "count": 3, "scale": null}"#, #"the range's scale is null; write "linear" or "log"."#),
    ])
  func ranges(range: String, message: String) throws {
    #expect(try issues(of: "{\"lr\": \(range)}") == ["spec.json: lr: " + message])
  }

  @Test("A range on the log scale can't start at 0, and one of whole numbers has whole ends")
  func rangesOfOtherKeys() throws {
    #expect(
      try issues(of: #"{"weight_decay": {"from": 0, "to": 1, "count": 3, "scale": "log"}}"#)
        == ["spec.json: weight_decay: a range on the log scale must start above 0."])
    #expect(
      try issues(of: #"{"layers": {"from": 1, "to": 2.5, "count": 3}}"#)
        == ["spec.json: layers: 2.5 isn't a whole number; write a whole number from 1 to 1024."])
  }

  // MARK: Variants, seeds, prompts

  @Test(
    "Variants that aren't laid over a base are refused",
    arguments: [
      (#"{"variants": {}}"#, ["variants: {} isn't a list of variants; write [{\"key\": value}, ...]."]),
      (#"{"variants": []}"#, ["variants: [] isn't a list of variants; write [{\"key\": value}, ...]."]),
      (#"{"variants": "a"}"#, ["variants: \"a\" isn't a list of variants; write [{\"key\": value}, ...]."]),
      (#"{"variants": null}"#, ["variants: null isn't a list of variants; write [{\"key\": value}, ...]."]),
      (
        #"{"variants": [{}, 5, [{}]]}"#,
        [
          "variants[1]: 5 is a number; write an object, {\"key\": value}.",
          "variants[2]: [{}] is a list; write an object, {\"key\": value}.",
        ]
      ),
      (
        #"{"variants": [{"name": "a", "seeds": 2, "prompts": ["a"], "eval_every": 5, "variants": []}]}"#,
        ["eval_every", "name", "prompts", "seeds", "variants"].map {
          "variants[0].\($0): can't differ between variants; write it beside \"variants\"."
        }
      ),
      (
        #"{"variants": [{}, {"layer": 1, "evalevery": 3}]}"#,
        [
          "variants[1].evalevery: unknown key; docs/spec.md lists all.",
          "variants[1].layer: unknown key. Did you mean \"layers\"?",
        ]
      ),
      (
        #"{"lr": "a", "variants": [{"lr": [0.1, 0.1]}, {"lr": 0}]}"#,
        [
          "lr: \"a\" is a string; write a number above 0 up to 1000000.",
          "variants[0].lr: the list holds 0.1 twice; leave one out.",
          "variants[1].lr: 0 is out of range; write a number above 0 up to 1000000.",
        ]
      ),
    ] as [(String, [String])])
  func variants(text: String, lines: [String]) throws {
    #expect(try issues(of: text) == lines.map { "spec.json: " + $0 })
  }

  @Test(
    "Seeds are a count or a list of different whole numbers",
    arguments: [
      ("0", "0 isn't a number of seeds"), ("-1", "-1 isn't a number of seeds"),
      ("10001", "10001 isn't a number of seeds"), ("2.5", "2.5 isn't a number of seeds"),
      ("1e400", "1e400 isn't a number of seeds"),
      ("99999999999999999999", "1e+20 isn't a number of seeds"), ("\"3\"", "\"3\" isn't a number of seeds"),
      ("null", "null isn't a number of seeds"), ("true", "true isn't a number of seeds"),
      ("[]", "[] isn't a number of seeds"), ("{\"from\": 1}", "{\"from\": 1} isn't a number of seeds"),
      ("[1, 2, 1]", "[1, 2, 1] isn't a list of seeds"), ("[-1]", "[-1] isn't a list of seeds"),
      ("[1, 2.5]", "[1, 2.5] isn't a list of seeds"), ("[\"1\"]", "[\"1\"] isn't a list of seeds"),
      ("[9223372036854775808]", "[9.223372036854776e+18] isn't a list of seeds"),
    ])
  func seeds(json: String, fact: String) throws {
    #expect(try issues(of: "{\"seeds\": \(json)}") == ["spec.json: seeds: \(fact); \(seedForm)"])
  }

  @Test(
    "Prompts are a list of up to 100 texts",
    arguments: [
      ("\"Once\"", "\"Once\""), ("5", "5"), ("null", "null"), ("{}", "{}"), ("[\"a\", 1]", "[\"a\", 1]"),
      ("[\"\"]", "[\"\"]"), (#"["a\u0000b"]"#, #"["a\u0000b"]"#), ("[[\"a\"]]", "[[\"a\"]]"),
      (
        "[" + (1...101).map { "\"p\($0)\"" }.joined(separator: ", ") + "]",
        #"["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p..."#
      ),
    ])
  func prompts(json: String, excerpt: String) throws {
    #expect(
      try issues(of: "{\"prompts\": \(json)}")
        == [
          "spec.json: prompts: \(excerpt) isn't a list of prompts; write up to 100 texts, none of them empty or with U+0000."
        ])
  }

  // MARK: The grid

  @Test(
    "A grid of more than 100,000 runs is counted and refused before it is made",
    arguments: [
      ("{" + wideAxes(1000, Array(sevenKeys.prefix(3))) + "}", "1000000000"),
      ("{" + wideAxes(1000, sevenKeys) + "}", "more than 9223372036854775807"),
      ("{\"seeds\": 10000, " + wideAxes(11, ["lr"]) + "}", "110000"),
      ("{\"seeds\": 10000, \"variants\": [{}, {" + wideAxes(10, ["lr"]) + "}]}", "110000"),
    ])
  func grid(text: String, count: String) throws {
    #expect(
      try issues(of: text)
        == ["spec.json: spans \(count) runs; shorten its axes or seeds to at most 100000 runs."])
  }

  @Test("A grid of 100,000 runs is made")
  func largestGrid() throws {
    #expect(try issues(of: "{\"seeds\": 10000, " + wideAxes(10, ["lr"]) + "}") == [])
  }

  @Test(
    "Heads must divide the width; each pair is named once, the first five of them",
    arguments: [
      (
        #"{"d_model": 62}"#,
        ["4 doesn't divide d_model 62; write one of 1, 2, 31, 62, change d_model, or give head_size."]
      ),
      (
        #"{"heads": 128}"#,
        ["128 doesn't divide d_model 64; write one of 1, 2, 4, 8, 16, 32, 64, change d_model, or give head_size."]
      ),
      (
        #"{"d_model": 65536, "heads": 3}"#,
        ["3 doesn't divide d_model 65536; write one of 1, 2, 4, 8, 16, 32, 64, 128, change d_model, or give head_size."]
      ),
      (
        #"{"d_model": [6, 8], "heads": [2, 3], "lr": [0.1, 0.2], "seeds": 3}"#,
        ["3 doesn't divide d_model 8; write one of 1, 2, 4, 8, change d_model, or give head_size."]
      ),
      (
        #"{"variants": [{"d_model": 5}, {"d_model": 7}, {"d_model": 8}]}"#,
        [
          "4 doesn't divide d_model 5; write one of 1, 5, change d_model, or give head_size.",
          "4 doesn't divide d_model 7; write one of 1, 7, change d_model, or give head_size.",
        ]
      ),
      (
        #"{"d_model": 2, "heads": [1, 2, 3, 4, 5, 6, 7, 8, 9]}"#,
        (3...7).map { "\($0) doesn't divide d_model 2; write one of 1, 2, change d_model, or give head_size." } + [
          "and 2 more such pairs."
        ]
      ),
    ] as [(String, [String])])
  func heads(text: String, messages: [String]) throws {
    #expect(try issues(of: text) == messages.map { "spec.json: heads: " + $0 })
  }

  @Test(
    "Heads of keys must divide those of queries, and heads that are rotated must be even; each says what to write",
    arguments: [
      (#"{"kv_heads": 3}"#, ["kv_heads: 3 doesn't divide heads 4; write one of 1, 2, 4, or change heads."]),
      (#"{"heads": 2, "kv_heads": 4}"#, ["kv_heads: 4 doesn't divide heads 2; write one of 1, 2, or change heads."]),
      (#"{"heads": [2, 4], "kv_heads": [1, 2]}"#, []),
      (#"{"d_model": 62, "head_size": 3}"#, []),
      (
        #"{"positions": "rope", "head_size": 5}"#,
        [
          "head_size: 5 is odd, but positions \"rope\" rotates one half of a head against the other; write an even number."
        ]
      ),
      (
        #"{"block": ["llama", "plain"], "d_model": 36}"#,
        [
          "heads: make the heads of d_model 36 an odd 9 wide, but positions \"rope\" rotates one half of a head against the "
            + "other; write an even number as head_size, or change heads."
        ]
      ),
      (#"{"block": "llama", "positions": "learned", "d_model": 36}"#, []),
      (
        #"{"positions": ["alibi", "rope", "alibi"]}"#,
        ["positions: the list holds \"alibi\" twice; leave one out."]
      ),
      (
        #"{"rope_base": 500}"#,
        ["rope_base: has a meaning only with positions \"rope\", which this spec never has; leave it out."]
      ),
      (#"{"tied_head": 1}"#, ["tied_head: 1 is a number; write true or false."]),
      (#"{"tied_head": "false"}"#, ["tied_head: \"false\" is a string; write true or false."]),
      (#"{"biases": [true, true]}"#, ["biases: the list holds true twice; leave one out."]),
      // Nothing is said of keys that the block that was meant may give a meaning.
      (
        #"{"block": "lama", "rope_base": 500}"#,
        [
          #"block: "lama" isn't known; write one of "plain", "gpt2", "llama", "qwen3", "olmo2", "gemma2", "nanochat". "#
            + #"Did you mean "llama"?"#
        ]
      ),
    ] as [(String, [String])])
  func blocks(text: String, messages: [String]) throws {
    #expect(try issues(of: text) == messages.map { "spec.json: " + $0 })
  }

  @Test(
    "The warm-up must end before the training does",
    arguments: [
      (#"{"warmup_steps": 500}"#, ["500 isn't below steps 500; write at most 499, or more steps."]),
      (#"{"steps": 1, "warmup_steps": 1}"#, ["1 isn't below steps 1; write at most 0, or more steps."]),
      (
        #"{"steps": [10, 20, 30], "warmup_steps": [5, 20], "lr": [0.1, 0.2]}"#,
        [
          "20 isn't below steps 10; write at most 9, or more steps.",
          "20 isn't below steps 20; write at most 19, or more steps.",
        ]
      ),
    ] as [(String, [String])])
  func warmup(text: String, messages: [String]) throws {
    #expect(try issues(of: text) == messages.map { "spec.json: warmup_steps: " + $0 })
  }

  // MARK: All at once

  @Test("All mistakes of a list and of a range are told, of very many the first")
  func allOfOneKey() throws {
    let lr = "a number above 0 up to 1000000"
    #expect(
      try issues(of: #"{"lr": [0, 0.1, "x", 0.1], "d_model": {"from": 0, "to": "y", "count": 1, "scale": "lin"}}"#) == [
        "spec.json: d_model: 0 is out of range; write a whole number from 1 to 65536.",
        "spec.json: d_model: \"y\" is a string; write a whole number from 1 to 65536.",
        "spec.json: d_model: the range's scale is \"lin\"; write \"linear\" or \"log\".",
        "spec.json: d_model: the range's count is 1; write a whole number from 2 to 100000.",
        "spec.json: lr: 0 is out of range; write \(lr).",
        "spec.json: lr: \"x\" is a string; write \(lr).",
        "spec.json: lr: the list holds 0.1 twice; leave one out.",
      ])
    let many = try issues(of: "{\"lr\": [\((1...9).map { "-\($0)" }.joined(separator: ", "))]}")
    #expect(many.count == 6)
    #expect(many.last == "spec.json: lr: and 4 more such values.")
  }

  @Test("One mistake doesn't hide another, and nothing is concluded from a value that can't be known")
  func mistakesBesideMistakes() throws {
    #expect(
      try issues(
        of: #"{"optimzer": "sgd", "momentum": 0.9, "steps": "5", "warmup_steps": 600, "heads": 3, "vocab_size": 9}"#)
        == [
          "spec.json: optimzer: unknown key. Did you mean \"optimizer\"?",
          "spec.json: steps: \"5\" is a string; write a whole number from 1 to 100000000.",
          "spec.json: vocab_size: has a meaning only with tokenizer \"word\", which this spec never has; leave it out.",
          "spec.json: heads: 3 doesn't divide d_model 64; write one of 1, 2, 4, 8, 16, 32, 64, change d_model, or give head_size.",
        ])
    #expect(
      try issues(of: #"{"divergence_loss": 0, "momentum": 2, "heads": 0, "variants": [{"beta1": 0.5}]}"#) == [
        "spec.json: heads: 0 is out of range; write a whole number from 1 to 65536.",
        "spec.json: momentum: 2 is out of range; write a number from 0 to below 1.",
        "spec.json: divergence_loss: 0 is out of range; write a number above 0 up to 1000000.",
        "spec.json: momentum: has a meaning only with optimizer \"muon\", \"sgd\" or \"signum\", which this spec never has; leave it out.",
      ])
    #expect(
      try issues(of: #"{"variants": 5, "momentum": 0.5}"#) == [
        "spec.json: variants: 5 isn't a list of variants; write [{\"key\": value}, ...]."
      ])
  }

  @Test("Everything that is wrong with all files is told at once, in the order of the files")
  func allAtOnce() throws {
    try SpecFolder.with { folder in
      let reader = SpecReader(paths: [
        try folder.write(#"{"lr": 0, "lr": 1, "layer": 1, "seeds": 0, "prompts": 1, "steps": "5"}"#, to: "a.json"),
        folder.path("b.json"),
        try folder.write("{}", to: "c.json"),
        try folder.write(#"{"heads": 3, "warmup_steps": 600, "momentum": 0}"#, to: "d.json"),
        try folder.write("{", to: "e.json"),
        try folder.write(#"{"name": "c"}"#, to: "f.json"),
        try folder.write(#"{"name": "c"}"#, to: "g.json"),
      ])
      #expect(
        folder.lines(reader.issues) == [
          "a.json: lr: the key stands there twice; leave one out.",
          "a.json: layer: unknown key. Did you mean \"layers\"?",
          "a.json: seeds: 0 isn't a number of seeds; \(seedForm)",
          "a.json: prompts: 1 isn't a list of prompts; write up to 100 texts, none of them empty or with U+0000.",
          "a.json: lr: 0 is out of range; write a number above 0 up to 1000000.",
          "a.json: steps: \"5\" is a string; write a whole number from 1 to 100000000.",
          "b.json: no such file.",
          "d.json: momentum: has a meaning only with optimizer \"muon\", \"sgd\" or \"signum\", which this spec never has; leave it out.",
          "d.json: heads: 3 doesn't divide d_model 64; write one of 1, 2, 4, 8, 16, 32, 64, change d_model, or give head_size.",
          "d.json: warmup_steps: 600 isn't below steps 500; write at most 499, or more steps.",
          "e.json: isn't JSON (line 1, column 2); check quotes, commas and brackets there.",
          "f.json: name: \"c\" is also the name of c.json; give each its own \"name\".",
          "g.json: name: \"c\" is also the name of c.json; give each its own \"name\".",
        ])
      #expect(reader.specs.map(\.name) == ["c", "c", "c"])
    }
  }
}

/// What belongs to each key that has a single value, with values at the ends of it and just beyond.
private let numberRules: [(key: String, wanted: String, taken: [String], refused: [String])] = [
  ("vocab_size", "a whole number from 2 to 1000000", ["2", "1000000"], ["1", "1000001"]),
  ("validation_fraction", "a number above 0 up to 0.5", ["1e-9", "0.5"], ["0", "0.5000001", "-0.1"]),
  ("d_model", "a whole number from 1 to 65536", ["4", "65536"], ["0", "65537"]),
  ("heads", "a whole number from 1 to 65536", ["1", "64"], ["0", "65537"]),
  ("kv_heads", "a whole number from 1 to 65536", ["1", "4"], ["0", "65537"]),
  ("head_size", "a whole number from 1 to 65536", ["1", "65536"], ["0", "65537"]),
  ("layers", "a whole number from 1 to 1024", ["1", "1024"], ["0", "1025"]),
  ("d_ff", "a whole number from 1 to 262144", ["1", "262144"], ["0", "262145"]),
  ("context_length", "a whole number from 1 to 65536", ["1", "65536"], ["0", "65537"]),
  ("rope_base", "a number above 0 up to 1000000000000", ["0.001", "1000000000000"], ["0", "-1", "1000000000001"]),
  ("window", "a whole number from 0 to 65536", ["0", "65536"], ["-1", "65537"]),
  ("norm_epsilon", "a number above 0 up to 1", ["1e-30", "1"], ["0", "1.5"]),
  ("attention_cap", "a number from 0 up to 1000000", ["0", "1000000"], ["-0.1", "1000001"]),
  ("logit_cap", "a number from 0 up to 1000000", ["0", "1000000"], ["-0.1", "1000001"]),
  ("base_d_model", "a whole number from 1 to 65536", ["1", "65536"], ["0", "65537"]),
  ("base_layers", "a whole number from 1 to 1024", ["1", "1024"], ["0", "1025"]),
  ("base_head_size", "a whole number from 1 to 65536", ["1", "65536"], ["0", "65537"]),
  ("lr", "a number above 0 up to 1000000", ["1e-300", "1000000"], ["0", "-0.0", "-1", "1000000.1"]),
  ("warmup_steps", "a whole number from 0 to 100000000", ["0", "499"], ["-1", "100000001"]),
  ("final_lr_fraction", "a number from 0 up to 1", ["0", "1"], ["-1e-9", "1.1"]),
  ("decay_fraction", "a number above 0 up to 1", ["1e-9", "1"], ["0", "1.1"]),
  ("decay_power", "a number above 0 up to 100", ["1e-9", "100"], ["0", "101"]),
  ("batch_size", "a whole number from 1 to 65536", ["1", "65536"], ["0", "65537"]),
  ("steps", "a whole number from 1 to 100000000", ["1", "100000000"], ["0", "100000001", "-500"]),
  ("beta1", "a number from 0 to below 1", ["0", "0.9999"], ["1", "-0.1"]),
  ("beta2", "a number from 0 to below 1", ["0", "0.9999"], ["1", "-0.1"]),
  ("beta3", "a number from 0 to below 1", ["0", "0.9999"], ["1", "-0.1"]),
  ("alpha", "a number from 0 up to 1000000", ["0", "1000000"], ["-0.1", "1000001"]),
  ("epsilon", "a number above 0 up to 1", ["1e-30", "1"], ["0", "1.5"]),
  ("momentum", "a number from 0 to below 1", ["0", "0.9999"], ["1", "-0.1"]),
  ("weight_decay", "a number from 0 up to 1000000", ["0", "1000000"], ["-0.1", "1000001"]),
  ("muon_steps", "a whole number from 1 to 100", ["1", "100"], ["0", "101"]),
  ("adam_lr", "a number above 0 up to 1000000", ["1e-9", "1000000"], ["0", "1000001"]),
  ("average_weights", "a whole number from 1 to 100000000", ["1", "100000000"], ["0", "100000001"]),
  ("grad_clip", "a number from 0 up to 1000000", ["0", "1000000"], ["-0.1", "1000001"]),
  ("divergence_loss", "a number above 0 up to 1000000", ["1e-9", "1000000"], ["0", "1000001"]),
  ("dropout", "a number from 0 to below 1", ["0", "0.9999"], ["1", "-0.1"]),
  ("z_loss", "a number from 0 up to 1000000", ["0", "1000000"], ["-0.1", "1000001"]),
  ("eval_bytes", "a whole number from 1 to 1000000000", ["1", "1000000000"], ["0", "1000000001"]),
  ("eval_tokens", "a whole number from 1 to 1000000000", ["1", "1000000000"], ["0", "1000000001"]),
  ("eval_every", "a whole number from 1 to 100000000", ["1", "100000000"], ["0", "100000001"]),
  ("sample_every", "a whole number from 0 to 100000000", ["0", "100000000"], ["-1", "100000001"]),
  ("sample_tokens", "a whole number from 0 to 1000000", ["0", "1000000"], ["-1", "1000001"]),
  ("temperature", "a number from 0 up to 1000000", ["0", "1000000"], ["-0.1", "1000001"]),
  ("checkpoint_seconds", "a number above 0 up to 1000000", ["0.001", "1000000"], ["0", "1000001"]),
]

/// What gives a key its meaning.
private func company(_ key: String) -> String {
  switch key {
  case "vocab_size": #", "tokenizer": "word""#
  case "momentum": #", "optimizer": "sgd""#
  case "base_d_model", "base_head_size": #", "parametrization": "mup""#
  case "base_layers": #", "parametrization": "completep""#
  case "beta3", "alpha": #", "optimizer": "ademamix""#
  case "muon_steps", "adam_lr": #", "optimizer": "muon""#
  case "decay_fraction": #", "schedule": "wsd""#
  case "decay_power": #", "schedule": "power""#
  case "rope_base": #", "positions": "rope""#
  default: ""
  }
}

private let rangeForm =
  #"a range is written {"from": ..., "to": ..., "count": ..., "scale": "linear" or "log"}."#

private let seedForm = "write a count from 1 to 10000, or a list of different whole numbers from 0 up."

/// `{"lr": <count values>, ...}`: ranges of so many values each.
private func wideAxes(_ count: Int, _ keys: [String]) -> String {
  keys.map { "\"\($0)\": {\"from\": 0.1, \"to\": 0.9, \"count\": \(count)}" }.joined(separator: ", ")
}

private let sevenKeys = ["lr", "final_lr_fraction", "beta1", "beta2", "epsilon", "weight_decay", "grad_clip"]
