import Answers
import ArgumentParser
import Foundation
import Store
import Terminal
import Words

extension ReportCommand {
  struct ExperimentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "experiments",
      abstract: "Report experiments (the default).",
      discussion: """
        Without a question, prints each experiment and writes its folder: page, tables and charts. With one (--format, \
        --pivot, --where, --sort, --top, --rows, --columns, --compare), prints the table that answers it, and writes \
        nothing. With --figure, draws that figure alone.

        --where takes column op value [and ...] with = != < <= > >=, such as "lr <= 0.01 and optimizer = adamw". The \
        columns of --where and --sort are those of --format csv.
        """)

    @Argument(help: ArgumentHelp("Names of experiments. (default: all)", valueName: "experiment"))
    var experiments: [String] = []
    @OptionGroup var source: DatabaseOption
    @Option(
      name: .long,
      help: ArgumentHelp("Where the folders go, or the figure. (default: the database's folder)", valueName: "path"),
      transform: UserPath.expanded)
    var output: String?
    @Option(name: .long, help: "Print tables alone, in this format; with --figure, the picture's format.")
    var format: ReportFormat?
    @Option(name: .long, help: ArgumentHelp("Loss by two keys, such as d_model,lr.", valueName: "rows,columns"))
    var pivot: String?
    @Option(name: .customLong("where"), help: ArgumentHelp("Rows that meet these alone.", valueName: "conditions"))
    var filter: String?
    @Option(
      name: .long,
      help: ArgumentHelp(
        "Rows in the order of a column: best first for a loss, highest first for a speed, else lowest first.",
        valueName: "column"))
    var sort: String?
    @Flag(name: [.customLong("descending"), .customLong("reverse")], help: "With --sort, highest first.")
    var descending = false
    @Option(name: .long, parsing: .unconditional, help: ArgumentHelp("The first rows alone.", valueName: "n"))
    var top: Int?
    @Option(
      name: .long, parsing: .upToNextOption,
      help: ArgumentHelp(
        "How two runs (12 or run:12) or configurations (lr=0.003,optimizer=adamw) differ.", valueName: "what"))
    var compare: [String] = []
    @Flag(name: .long, help: "With --sort, lowest first.")
    var ascending = false
    @Option(
      name: .long,
      help: "What runs are ranked by. (default: final where they predict the same tokens, else bits-per-byte)")
    var metric: Metric?
    @Option(name: .long, help: "A row for each configuration or for each run. (default: configurations)")
    var rows: Rows?
    @Option(name: .long, help: ArgumentHelp("These columns alone, such as d_model,lr,loss.", valueName: "columns"))
    var columns: String?
    @Flag(name: .long, help: "With --format latex, numbers for the package siunitx.")
    var siunitx = false
    @Option(name: .long, help: ArgumentHelp("With --format latex, a caption.", valueName: "text"))
    var caption: String?
    @Option(name: .long, help: ArgumentHelp("With --format latex, a label for \\ref.", valueName: "label"))
    var label: String?
    @Option(
      name: .long,
      help: ArgumentHelp("One figure, to standard output or --output, such as loss-by-lr.", valueName: "name"))
    var figure: String?
    @Option(
      name: .long,
      help: ArgumentHelp("With --figure, its width, or width and height: 3.3in, 84mm, 3.3inx2.2in.", valueName: "size"))
    var size: String?
    @Option(
      name: .long,
      help: ArgumentHelp("With --figure, words instead of what was found; none for none.", valueName: "text"))
    var title: String?
    @Option(
      name: .long, help: ArgumentHelp("With --figure, the type, such as Times or Times,9 (points).", valueName: "font"))
    var font: String?
    @Flag(name: .long, help: "Report again and again while runs are trained; Ctrl-C ends it.")
    var watch = false

    /// Whether a table is asked for.
    private var isQuestion: Bool {
      format != nil || [pivot, filter, sort, columns].contains { $0 != nil } || top != nil || rows != nil
    }

    func validate() throws {
      if let top, top < 1 { throw ValidationError("--top is \(top); write 1 or more.") }
      if descending || ascending, sort == nil {
        throw ValidationError("--\(descending ? "descending" : "ascending") goes with --sort.")
      }
      if descending, ascending { throw ValidationError("--ascending and --descending exclude each other.") }
      if pivot != nil, sort != nil || top != nil {
        throw ValidationError("--pivot orders its own rows; leave --sort and --top away.")
      }
      if watch, isQuestion || !compare.isEmpty || figure != nil {
        throw ValidationError("--watch writes pages; it goes with --output, --metric and --database alone.")
      }
      if pivot != nil, rows != nil || columns != nil {
        throw ValidationError("--pivot has its own rows and columns; leave --rows and --columns away.")
      }
      if format?.table != .latex, siunitx || caption != nil || label != nil {
        throw ValidationError("--siunitx, --caption and --label go with --format latex.")
      }
      if let label, label.contains(where: { !($0.isLetter || $0.isNumber || ":-_./".contains($0)) }) {
        throw ValidationError("--label \"\(label)\": use letters, digits and : - _ . / alone.")
      }
      try validateFigure()
      guard !compare.isEmpty else { return }
      if compare.count != 2 {
        throw ValidationError(
          "--compare takes two runs or configurations, such as --compare 1 2 or --compare lr=0.001 lr=0.01; "
            + "name an experiment before it.")
      }
      if pivot != nil || filter != nil || sort != nil || top != nil || rows != nil || columns != nil {
        throw ValidationError("--compare goes with an experiment, --format, --metric and --database alone.")
      }
    }

    private func validateFigure() throws {
      guard figure != nil else {
        if size != nil || title != nil || font != nil {
          throw ValidationError("--size, --title and --font go with --figure.")
        }
        if format?.figure != nil { throw ValidationError("--format svg, png and pdf go with --figure.") }
        return
      }
      if format?.table != nil { throw ValidationError("--figure has the formats svg, png and pdf.") }
      if experiments.count > 1 { throw ValidationError("--figure draws one experiment; name it alone.") }
      if [pivot, filter, sort, columns].contains(where: { $0 != nil }) || top != nil || rows != nil || !compare.isEmpty
      {
        throw ValidationError("--figure draws the whole experiment; leave the questions for tables away.")
      }
    }

    func run() throws {
      let database = try source.reading()
      if !compare.isEmpty { return try printed([comparison(database)]) }
      let (chosen, all) = try chosen(database)
      if chosen.isEmpty {
        Console.standard.note("\(source.database) holds no experiment; train one with `sweep run SPEC...`.")
      }
      if watch {
        // 128 and the signal's number, as the shell has it: interrupted.
        if try follow(database) { throw ExitCode(130) }
        return
      }
      if let figure { return try draw(figure, chosen, database) }
      if isQuestion { return printed(try answer(try chosen.map { try results(of: $0, database) })) }
      _ = try write(chosen, of: all, database)
    }

    /// The experiments to report, among all.
    private func chosen(_ database: ResultsDatabase) throws -> (chosen: [Experiment], all: [Experiment]) {
      let all = try database.experiments()
      return (try experiments.isEmpty ? all : experiments.map { try database.experiment(named: $0) }, all)
    }

    /// Reports as long as runs are queued or running.
    ///
    /// - Returns: Whether somebody stopped it before.
    private func follow(_ database: ResultsDatabase) throws -> Bool {
      let output = Console.standard.output
      return try Watch().run(database) { isLast in
        let (chosen, all) = try chosen(database)
        if isLast { Console.standard.note("Writing the pages a last time; Ctrl-C again ends at once.") }
        // On a terminal the new table takes the place of the old one.
        if output.isTerminal { output.write("\u{1B}[H\u{1B}[2J") }
        return try write(chosen, of: all, database, refresh: isLast ? nil : Self.refresh)
      }
    }

    /// Seconds between two looks of an open page at its file.
    private static let refresh = 5

    /// What is reported of the experiment, ranked by what the user says.
    private func results(of experiment: Experiment, _ database: ResultsDatabase) throws -> ExperimentResults {
      try database.results(of: experiment, measure: metric?.measure)
    }

    /// The tables that answer the question.
    private func answer(_ all: [ExperimentResults]) throws -> [Table] {
      // Those that don't compare have a table each.
      let all = all.flatMap { $0.parts.isEmpty ? [$0] : $0.parts }
      var (results, tables) = (all, all.map { rows == .runs ? Table.runs($0) : Table.comparison($0) })
      if let filter {
        let places = try tables.places(meeting: try TableFilter(filter))
        if pivot != nil { results = zip(results, places).map { $0.keeping($1) } }
        tables = zip(tables, places).map { $0.keeping(rows: $1) }
      }
      if let pivot {
        let keys = Self.list(pivot)
        guard keys.count == 2, keys[0] != keys[1], !keys.contains("") else { throw TableError.badPivot(pivot) }
        return try results.map { try Table.pivot($0, rows: keys[0], columns: keys[1]) }
      }
      if let sort { tables = try tables.sorted(by: sort, descending: descending ? true : ascending ? false : nil) }
      tables = tables.map { table in table.keeping(rows: Array(table.rows.indices.prefix(top ?? .max))) }
      return try columns.map { try tables.choosing(Self.list($0)) } ?? tables
    }

    private static func list(_ text: String) -> [String] {
      text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private func printed(_ tables: [Table]) {
      let console = Console.standard
      let paper = LaTeXTable(caption: caption, label: label, usesSIUnitx: siunitx, keepsColumns: columns != nil)
      let format = format?.table ?? .terminal
      for line in format.lines(tables, width: console.output.width, paper: paper, styled: console.output.styled) {
        console.raw(line)
      }
    }

    /// Two runs, or two sets of configurations of one experiment.
    private func comparison(_ database: ResultsDatabase) throws -> Table {
      let sides = try compare.map(ComparedSide.init)
      if case .run(let one) = sides[0], case .run(let other) = sides[1] {
        return Table.comparison(of: try source.run(one, in: database), and: try source.run(other, in: database))
      }
      let chosen =
        try experiments.isEmpty ? database.experiments() : experiments.map { try database.experiment(named: $0) }
      // Those that don't compare stand by themselves.
      let all = try chosen.map { try results(of: $0, database) }.flatMap { $0.parts.isEmpty ? [$0] : $0.parts }
      let tables = all.map(Table.comparison)
      let found = try sides.map { side -> [[ConfigurationResult]] in
        switch side {
        case .run(let id):
          _ = try source.run(id, in: database)
          return all.map { results in results.configurations.compactMap { $0.keeping(run: id) } }
        case .configurations(let filter, _):
          return zip(all, try tables.places(meeting: filter)).map { results, places in
            places.map { results.configurations[$0] }
          }
        }
      }
      let matching = all.indices.filter { place in found.allSatisfy { !$0[place].isEmpty } }
      guard let place = matching.first else {
        let lacking = zip(sides, found).first { $0.1.allSatisfy(\.isEmpty) }?.0
        throw TableError.badSide(
          (lacking ?? sides[1]).name,
          lacking == nil ? "no runs that compare have this and \"\(sides[0].name)\"" : "no configuration matches")
      }
      let names = matching.map { all[$0].experiment.name }
      guard Set(names).count == 1 else { throw TableError.severalExperiments(names) }
      guard matching.count == 1 else {
        throw TableError.badSide(sides[0].name, "it has runs on several texts, which don't compare; name the text too")
      }
      return try SideBySide(all[place], (sides[0], found[0][place]), (sides[1], found[1][place])).table
    }

    /// One figure, to a file or to standard output.
    private func draw(_ name: String, _ chosen: [Experiment], _ database: ResultsDatabase) throws {
      guard let experiment = chosen.first else { return }
      guard chosen.count == 1 else {
        throw ValidationError(
          "--figure draws one experiment; name one of \(chosen.map(\.name).joined(separator: ", ")).")
      }
      let style = FigureStyle(size: try size.map(FigureSize.init), font: font, title: title)
      let drawings = try ChartSource(try results(of: experiment, database), database).drawings()
      let charts = drawings.flatMap { (try? $0.drawing.get()) ?? [] }
      // A kind of several charts stands for its first.
      let kind = drawings.first { $0.kind.name == name }
      if case .failure(let reason) = kind?.drawing { throw ReportError.notDrawn(name, reason) }
      guard let chart = try charts.first(where: { $0.name == name }) ?? kind?.drawing.get().first else {
        let drawn = charts.map(\.name)
        throw TableError.unknownFigure(name, known: drawn + ChartKind.all.map(\.name).filter { !drawn.contains($0) })
      }
      guard let gnuplot = Gnuplot() else { throw Gnuplot.Failure(description: Gnuplot.remedy) }
      let ending = output.flatMap { FigureFormat(rawValue: URL(fileURLWithPath: $0).pathExtension.lowercased()) }
      let format = format?.figure ?? ending ?? .svg
      if output == nil, format != .svg, Console.standard.output.isTerminal {
        throw ValidationError("A \(format.rawValue) is no text for a terminal: name a file with --output.")
      }
      let picture = try gnuplot.picture(of: chart, style, as: format)
      guard let output else { return _ = Console.standard.output.write(Array(picture)) }
      do {
        try picture.write(to: URL(fileURLWithPath: output), options: .atomic)
      } catch {
        throw ReportError.cannotWrite(folder: output, reason: Wording.reason(of: error))
      }
    }

    /// Prints the experiments and writes their folders.
    ///
    /// - Parameter refresh: Seconds between two looks of an open page at its file, where the experiment goes on; nil: it doesn't look.
    /// - Returns: Whether any of their runs is queued or running.
    private func write(
      _ chosen: [Experiment], of all: [Experiment], _ database: ResultsDatabase, refresh: Int? = nil
    ) throws -> Bool {
      let gnuplot = Gnuplot()
      let console = Console.standard
      if !chosen.isEmpty, gnuplot == nil { console.note(Gnuplot.remedy) }
      var root = ReportRoot(
        // Beside the database itself, as all its files are, and not beside a link to it.
        output.map { URL(fileURLWithPath: $0) }
          ?? URL(fileURLWithPath: UserPath.followingLinks(source.database)).deletingLastPathComponent(),
        all, database: source.database)
      var failure: (any Error)?
      var goesOn = false
      var findings: [Int64?: Findings] = [:]
      for experiment in chosen {
        let results = try results(of: experiment, database)
        let report = try ExperimentReport(results, database)
        findings[experiment.id] = report.findings
        let lines = TerminalReport(report: report).lines(width: console.output.width, styled: console.output.styled)
        for line in lines { console.raw(line) }
        let isOpen = results.runs.contains { $0.state == .queued || $0.state == .running }
        goesOn = goesOn || isOpen
        let charts = try ChartSource(results, database)
        let drawings = try charts.drawings()
        let occasion = ReportPage.Occasion(index: root.indexAddress, refresh: isOpen ? refresh : nil)
        let folder = root.folder(of: experiment)
        // A folder that fails doesn't keep the others from being written.
        do {
          try ReportFolder(report: report, folder: folder).write(
            drawings, data: PageData(charts, drawings), occasion: occasion, gnuplot: gnuplot
          ) {
            root.note($0, of: experiment)
          }
          console.data("\nPage, tables and charts: \(folder.relativePath)/report.html\n")
        } catch {
          if failure == nil { failure = error } else { console.note("report: \(error)") }
        }
      }
      do {
        if !all.isEmpty { try root.writeIndex(all.map { try results(of: $0, database) }, findings: findings) }
        try root.finish()
      } catch {
        failure = failure ?? error
      }
      if let failure { throw failure }
      return goesOn
    }
  }
}

extension ResultsDatabase {
  /// What is reported of the experiment.
  fileprivate func results(of experiment: Experiment, measure: Measure?) throws -> ExperimentResults {
    ExperimentResults(
      experiment, grid: try grid(of: experiment), measure: measure, formerRuns: try formerRuns(of: experiment).count)
  }
}

extension ConfigurationResult {
  /// The configuration with that run alone; nil where it isn't one of its runs.
  fileprivate func keeping(run id: Int64) -> ConfigurationResult? {
    guard let run = runs.first(where: { $0.id == id }) else { return nil }
    var result = ConfigurationResult(settings: settings, runs: [run], measure: measure)
    result.digits = digits
    return result
  }
}

// MARK: - Values of options

/// What tables and figures can be written as.
struct ReportFormat: ExpressibleByArgument {
  let table: TableFormat?
  let figure: FigureFormat?

  init?(argument: String) {
    (table, figure) = (TableFormat(rawValue: argument), FigureFormat(rawValue: argument))
    if table == nil, figure == nil { return nil }
  }

  static var allValueStrings: [String] { TableFormat.allCases.map(\.rawValue) + FigureFormat.allCases.map(\.rawValue) }
}

/// What runs are ranked by, as a user says it.
struct Metric: ExpressibleByArgument {
  let measure: Measure

  init?(argument: String) {
    guard let measure = Measure.all.first(where: { $0.name == argument }) else { return nil }
    self.measure = measure
  }

  static var allValueStrings: [String] { Measure.all.map(\.name) }
}

/// What a row of a table stands for.
enum Rows: String, CaseIterable, ExpressibleByArgument {
  case configurations, runs
}
