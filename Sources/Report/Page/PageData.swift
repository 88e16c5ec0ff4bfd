import Answers
import Foundation
import Store

/// The numbers that a page answers the pointer with, as compact JSON.
///
/// The page of 1,000 runs stays below 5 MB: curves are thinned and rounded, and the steps and learning rates that runs share
/// stand there once.
struct PageData {
  /// Points of a training curve: as many as a chart shows, and of many runs fewer.
  private static func points(_ runs: Int) -> Int { min(200, max(30, 60_000 / max(runs, 1))) }
  /// Characters of all samples, of one sample at most, and of one at least.
  private static let letters = (all: 1_000_000, most: 600, least: 60)
  /// Most samples of a run.
  private static let mostSamples = 8

  private let file: File

  /// Reads curves and samples; everything else is computed.
  ///
  /// - Parameter drawings: The charts of every kind.
  init(_ source: ChartSource, _ drawings: [(kind: ChartKind, drawing: ChartResult)]) throws {
    let (results, database) = (source.results, source.database)
    let runs = results.runs
    var shared = Shared()
    var samples = Samples(results.experiment.measuring, runs: runs.count)
    var entries: [RunEntry] = []
    for (place, result) in results.configurations.enumerated() {
      for run in result.runs {
        var entry = RunEntry(run, configuration: place, measure: results.measure)
        if let id = run.id, run.state != .queued {
          let curve = try database.trainingCurve(of: id, points: Self.points(runs.count))
          entry.curve = shared.curve(curve)
          let evaluations = source.evaluations[id] ?? []
          entry.evaluations = shared.evaluations(evaluations)
          entry.bitsPerNat =
            evaluations.lazy.compactMap { evaluation in
              evaluation.loss.flatMap { loss in evaluation.bitsPerByte.map { Self.rounded($0 / loss, digits: 7) } }
            }.first
          entry.samples = samples.chosen(try database.samples(of: id))
        }
        entries.append(entry)
      }
    }
    let common = Self.common(results.configurations)
    let places = Dictionary(grouping: entries.indices) { entries[$0].configuration }
    file = File(
      experiment: Self.shown(results.experiment.name),
      measure: .init(phrase: results.measure.phrase, unit: results.measure.unit, short: results.measure.shortUnit),
      axes: results.axes.map(AxisEntry.init),
      color: source.colors.axis.flatMap { axis in results.axes.firstIndex(of: axis) },
      colors: (source.colors.axis?.values ?? []).map(source.colors.color),
      configurations: results.configurations.enumerated().map { place, result in
        ConfigurationEntry(result, results, runs: places[place] ?? [], own: { common[$0] == nil })
      },
      common: common, runs: entries, grids: shared.grids, rates: shared.rates, prompts: samples.prompts,
      quantiles: Self.quantiles(results), untrained: Self.rounded(source.worstUntrained),
      floor: source.floor.map { Self.rounded($0) },
      charts: Dictionary(Self.charts(drawings).map { ($0.name, ChartEntry($0)) }) { first, _ in first })
  }

  /// The charts that the page draws from their own values; it makes the others from runs and configurations.
  private static func charts(_ drawings: [(kind: ChartKind, drawing: ChartResult)]) -> [Chart] {
    let made = ["loss-by-lr", "loss-curves", "loss-by-tokens", "loss-by-time", "heat-map"]
    return drawings.filter { !made.contains($0.kind.name) }.flatMap { (try? $0.drawing.get()) ?? [] }
  }

  /// The JSON, in which nothing closes or opens an element.
  var json: String {
    let encoder = JSONEncoder()
    // The same every time.
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(file) else { preconditionFailure("the page's data can't be encoded") }
    // Literally: also where a mark behind the bracket makes one character of both.
    return String(decoding: data, as: UTF8.self).replacingOccurrences(of: "<", with: "\\u003c", options: .literal)
  }

  /// Student's t at 97.5 % for as many degrees of freedom, from 1, as two configurations may have.
  private static func quantiles(_ results: ExperimentResults) -> [Double] {
    let most = results.configurations.map(\.runs.count).max() ?? 0
    return most < 2
      ? [] : (1...(2 * most - 2)).map { rounded(StudentT(degrees: Double($0)).quantile(0.975), digits: 8) }
  }

  /// The settings that all configurations have.
  private static func common(_ configurations: [ConfigurationResult]) -> [String: String] {
    guard let first = configurations.first else { return [:] }
    let shared = configurations.dropFirst().reduce(into: first.settings) { shared, result in
      shared = shared.filter { result.settings[$0.key] == $0.value }
    }
    return shared.mapValues { shown($0.exact) }
  }

  fileprivate static func shown(_ text: String) -> String { text.visible(keepsLines: true) }

  /// A number in so many significant digits: more than a chart can show.
  fileprivate static func rounded(_ value: Double, digits: Int = 5) -> Double {
    guard value != 0, value.isFinite else { return 0 }
    let factor = pow(10, Double(digits - 1) - log10(abs(value)).rounded(.down))
    return factor.isFinite ? (value * factor).rounded() / factor : value
  }
}

// MARK: - What stands in the file

extension PageData {
  private struct File: Encodable {
    let experiment: String
    let measure: MeasureEntry
    let axes: [AxisEntry]
    /// The axis that colours stand for, and a colour for each of its values.
    let color: Int?
    let colors: [String]
    /// In the order of results, as the rows of the table.
    let configurations: [ConfigurationEntry]
    let common: [String: String]
    let runs: [RunEntry]
    /// Steps that curves share.
    let grids: [[Int]]
    /// Learning rates that curves share.
    let rates: [[Double]]
    let prompts: [String]
    let quantiles: [Double]
    /// The untrained model's loss, and the information of the text, in the measure's unit.
    let untrained: Double
    let floor: Double?
    let charts: [String: ChartEntry]
  }

  private struct MeasureEntry: Encodable { let phrase, unit, short: String }

  private struct AxisEntry: Encodable {
    let name: String
    let labels: [String]
    let ticks: [String]
    /// The numbers themselves; nil where there are texts among them.
    let values: [Double]?

    init(_ axis: AxisGroup) {
      name = PageData.shown(axis.name)
      labels = axis.values.map { PageData.shown(axis.label($0)) }
      ticks = axis.values.map { PageData.shown(axis.tick($0)) }
      let numbers = axis.values.compactMap { $0.count == 1 ? $0[0]?.number : nil }
      values = numbers.count == axis.values.count ? numbers : nil
    }
  }

  private struct ConfigurationEntry: Encodable {
    let label: String
    /// The place of its value on each axis.
    let at: [Int]
    /// Mean, and standard deviation where there is one.
    let score: [Double]?
    let flattered: Bool
    let parameters: Int
    /// Places in `runs`.
    let runs: [Int]
    /// The settings in which configurations differ.
    let own: [String: String]

    init(_ result: ConfigurationResult, _ results: ExperimentResults, runs: [Int], own: (String) -> Bool) {
      label = PageData.shown(results.tellingKeys.isEmpty ? results.experiment.name : result.label(results.tellingKeys))
      at = results.axes.map { axis in axis.values.firstIndex(of: axis.value(of: result)) ?? 0 }
      score = result.score.map { [$0.mean] + ($0.deviation.map { [$0] } ?? []) }
      flattered = result.isFlattered
      parameters = result.parameters
      self.runs = runs
      self.own = result.settings.filter { own($0.key) }.mapValues { PageData.shown($0.exact) }
    }
  }

  private struct RunEntry: Encodable {
    let id: Int64
    let configuration: Int
    /// As text: a script's numbers can't tell all seeds apart.
    let seed: String
    let state: String
    let reason: String?
    let score: Double?
    let bits: Double?
    let best: Double?
    let seconds: Double?
    /// Bits per byte of text for each nat per token.
    var bitsPerNat: Double?
    var curve: CurveEntry?
    var evaluations: CurveEntry?
    var samples: [SampleEntry]?

    init(_ run: Run, configuration: Int, measure: Measure) {
      id = run.id ?? 0
      self.configuration = configuration
      seed = "\(run.seed)"
      state = run.state.rawValue
      reason = run.outcome.stateReason.map(PageData.shown)
      score = run.state == .finished ? measure.value(run) : nil
      bits = run.outcome.finalBitsPerByte.map { PageData.rounded($0, digits: 6) }
      best = run.outcome.bestLoss.map { PageData.rounded($0, digits: 6) }
      seconds = run.outcome.seconds.map { PageData.rounded($0) }
    }
  }

  private struct CurveEntry: Encodable {
    /// Places in `grids` and `rates`.
    let grid: Int
    var rates: Int?
    let loss: [Double?]
    var norm: [Double?]?
    let seconds: [Double]
  }

  private struct SampleEntry: Encodable {
    let step: Int
    /// The place in `prompts`.
    let prompt: Int
    let text: String
  }

  private struct ChartEntry: Encodable {
    struct Axis: Encodable {
      let label: String
      let log: Bool
      let range: [Double]?
      let ticks: [Tick]?

      init(_ axis: ChartAxis) {
        (label, log) = (PageData.shown(axis.label), axis.isLog)
        range = axis.range.map { [PageData.rounded($0.lowerBound), PageData.rounded($0.upperBound)] }
        ticks = axis.ticks.isEmpty ? nil : axis.ticks.map { Tick(value: $0.value, label: PageData.shown($0.label)) }
      }
    }

    struct Tick: Encodable {
      let value: Double
      let label: String
    }

    struct Line: Encodable {
      let style: String
      let label: String?
      let color: String
      /// Places, each as x, y, low and high.
      let lines: [[[Double]]]
    }

    let title: String
    let x: Axis
    let y: Axis
    /// Whether the vertical axis has the names of rows.
    let rows: Bool
    let series: [Line]

    init(_ chart: Chart) {
      title = PageData.shown(chart.title)
      (x, y, rows) = (Axis(chart.x), Axis(chart.y), chart.y.hasRows)
      series = chart.series.map { series in
        let hasEnds = [.band, .interval].contains(series.style)
        return Line(
          style: "\(series.style)", label: series.label.map(PageData.shown), color: series.color,
          lines: series.lines.map { line in
            line.map { point in
              ([point.x, point.y] + (hasEnds ? [point.low, point.high] : [])).map { PageData.rounded($0) }
            }
          })
      }
    }
  }
}

// MARK: - What runs share

extension PageData {
  /// Lists that stand in the file once, however many runs have them.
  private struct Shared {
    private(set) var grids: [[Int]] = []
    private(set) var rates: [[Double]] = []
    private var places: (grids: [[Int]: Int], rates: [[Double]: Int]) = ([:], [:])

    mutating func curve(_ points: [TrainingPoint]) -> CurveEntry? {
      guard !points.isEmpty else { return nil }
      let rates = points.map { PageData.rounded($0.lr, digits: 4) }
      return CurveEntry(
        grid: grid(points.map(\.step)), rates: place(of: rates),
        loss: points.map { PageData.rounded($0.loss) },
        norm: points.map { $0.gradNorm.map { PageData.rounded($0, digits: 4) } },
        seconds: points.map { PageData.rounded($0.seconds, digits: 4) })
    }

    mutating func evaluations(_ evaluations: [Evaluation]) -> CurveEntry? {
      guard !evaluations.isEmpty else { return nil }
      return CurveEntry(
        grid: grid(evaluations.map(\.step)), loss: evaluations.map { $0.loss.map { PageData.rounded($0, digits: 6) } },
        seconds: evaluations.map { PageData.rounded($0.seconds, digits: 4) })
    }

    private mutating func grid(_ steps: [Int]) -> Int {
      if let place = places.grids[steps] { return place }
      places.grids[steps] = grids.count
      grids.append(steps)
      return grids.count - 1
    }

    private mutating func place(of values: [Double]) -> Int {
      if let place = places.rates[values] { return place }
      places.rates[values] = rates.count
      rates.append(values)
      return rates.count - 1
    }
  }

  /// The samples of a run that a page has room for.
  private struct Samples {
    private(set) var prompts: [String] = []
    private var places: [Scalar: Int] = [:]
    private let measuring: Measuring?
    private let letters: Int

    init(_ measuring: Measuring?, runs: Int) {
      self.measuring = measuring
      let room = PageData.letters.all / (PageData.mostSamples * max(runs, 1))
      letters = min(PageData.letters.most, max(PageData.letters.least, room))
    }

    /// Of many some, evenly between the first and the last, which are the untrained and the trained model's.
    mutating func chosen(_ samples: [Sample]) -> [SampleEntry]? {
      let asked = samples.filter { measuring?.asksFor($0) ?? true }
      guard !asked.isEmpty else { return nil }
      return SampleTables.spread(asked.count, PageData.mostSamples).map { place in
        let sample = asked[place]
        let text = sample.text.count <= letters ? sample.text : sample.text.prefix(letters - 1) + "…"
        return SampleEntry(step: sample.step, prompt: prompt(sample.prompt), text: PageData.shown(text))
      }
    }

    private mutating func prompt(_ text: String) -> Int {
      if let place = places[.text(text)] { return place }
      places[.text(text)] = prompts.count
      prompts.append(PageData.shown(text))
      return prompts.count - 1
    }
  }
}
