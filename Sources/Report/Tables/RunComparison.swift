import Store

extension Table {
  /// What differs between two runs: in their configurations, in what they came to, and in where they were trained.
  static func comparison(of a: Run, and b: Run) -> Table {
    let names = [a, b].map { "run \($0.id.map(String.init) ?? "–")" }
    var table = Table(
      title: names.joined(separator: " and "),
      caption: "losses in nats per token; what isn't listed is the same",
      columns: [
        Column(name: "what", title: ""), Column(name: names[0], title: names[0]),
        Column(name: names[1], title: names[1]), Column(name: "difference", title: "difference"),
      ], rows: [])
    for (name, values) in differences(a, b) where values.0 != values.1 {
      let digits = Scalar.digits(telling: [values.0, values.1].compactMap(\.self))
      let cells = [values.0, values.1].map { value in
        value.map { Cell(value: $0, text: $0.label(digits: digits)) } ?? .empty
      }
      let numbers = (values.0?.number, values.1?.number)
      let difference = numbers.0.flatMap { one in numbers.1.map { $0 - one } }
      let text = difference.map { ($0 > 0 ? "+" : "") + Scalar.number($0).label }
      table.rows.append(
        [Cell(value: .text(name), text: name)] + cells
          + [difference.map { Cell(value: .number($0), text: text ?? "–") } ?? .empty])
    }
    return table
  }

  private static func differences(_ a: Run, _ b: Run) -> [(name: String, values: (Scalar?, Scalar?))] {
    let keys = Set([a, b].flatMap(\.settings.keys)).sorted()
    let numbers: [(String, (Run) -> Double?)] = [
      ("seed", { Double($0.seed) }), ("parameters", { Double($0.facts.parameters) }),
      ("training_flops", \.facts.trainingFlops), ("steps_done", { Double($0.stepsDone) }),
      ("train_loss", \.outcome.trainLoss), ("final_loss", \.outcome.finalLoss), ("best_loss", \.outcome.bestLoss),
      ("best_step", { $0.outcome.bestStep.map(Double.init) }), ("final_bits_per_byte", \.outcome.finalBitsPerByte),
      ("tokens_per_second", \.outcome.tokensPerSecond), ("seconds", \.outcome.seconds),
      ("threads", { $0.outcome.threads.map(Double.init) }),
    ]
    let texts: [(String, (Run) -> String?)] = [
      ("state", \.state.rawValue), ("state_reason", \.outcome.stateReason), ("host", \.provenance.host),
      ("cpu", \.provenance.cpu), ("version", \.provenance.version), ("blas", \.provenance.blas),
    ]
    return keys.map { ($0, (a.settings[$0], b.settings[$0])) }
      + numbers.map { name, value in (name, (value(a).map(Scalar.number), value(b).map(Scalar.number))) }
      + texts.map { name, value in (name, (value(a).map(Scalar.text), value(b).map(Scalar.text))) }
  }
}
