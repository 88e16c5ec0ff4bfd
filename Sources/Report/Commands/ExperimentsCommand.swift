import Answers
import ArgumentParser
import Foundation
import Store
import Terminal

extension ReportCommand {
  struct ExperimentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "experiments",
      abstract: "Report experiments (the default).",
      discussion: """
        Without a question, prints each experiment and writes its folder: page, tables and charts. With one (--format, \
        --pivot, --where, --sort, --top, --compare), prints the table that answers it, and writes nothing.

        --where takes column op value [and ...] with = != < <= > >=, such as "lr <= 0.01 and optimizer = adamw". The \
        columns of --where and --sort are those of --format csv.
        """)

    @Argument(help: ArgumentHelp("Names of experiments. (default: all)", valueName: "experiment"))
    var experiments: [String] = []
    @OptionGroup var source: DatabaseOption
    @Option(
      name: .long, help: ArgumentHelp("Where the folders go. (default: the database's folder)", valueName: "folder"),
      transform: UserPath.expanded)
    var output: String?
    @Option(name: .long, help: "Print tables alone, in this format.")
    var format: TableFormat?
    @Option(name: .long, help: ArgumentHelp("Final loss by two keys, such as d_model,lr.", valueName: "rows,columns"))
    var pivot: String?
    @Option(name: .customLong("where"), help: ArgumentHelp("Rows that meet these alone.", valueName: "conditions"))
    var filter: String?
    @Option(name: .long, help: ArgumentHelp("Rows in the order of a column, lowest first.", valueName: "column"))
    var sort: String?
    @Flag(name: .long, help: "With --sort, highest first.")
    var reverse = false
    @Option(name: .long, help: ArgumentHelp("The first rows alone.", valueName: "n"))
    var top: Int?
    @Option(
      name: .long, parsing: .upToNextOption,
      help: ArgumentHelp("What differs between two runs, named by their numbers.", valueName: "run"))
    var compare: [Int64] = []
    @Flag(name: .long, help: "Report again and again while runs are trained; Ctrl-C ends it.")
    var watch = false

    func validate() throws {
      if let top, top < 1 { throw ValidationError("--top is \(top); write 1 or more.") }
      if reverse, sort == nil { throw ValidationError("--reverse goes with --sort.") }
      if pivot != nil, sort != nil || top != nil {
        throw ValidationError("--pivot orders its own rows; leave --sort and --top away.")
      }
      if watch, format != nil || pivot != nil || filter != nil || sort != nil || top != nil || !compare.isEmpty {
        throw ValidationError("--watch writes pages; it goes with --output and --database alone.")
      }
      guard !compare.isEmpty else { return }
      if compare.count != 2 { throw ValidationError("--compare takes the numbers of two runs, such as --compare 1 2.") }
      if !experiments.isEmpty || pivot != nil || filter != nil || sort != nil || top != nil {
        throw ValidationError("--compare goes with --format and --database alone.")
      }
    }

    func run() throws {
      let database = try source.reading()
      if !compare.isEmpty {
        let runs = try compare.map { try source.run($0, in: database) }
        return printed([Table.comparison(of: runs[0], and: runs[1])])
      }
      let (chosen, all) = try chosen(database)
      if chosen.isEmpty {
        Console.standard.note("\(source.database) holds no experiment; train one with `sweep run SPEC...`.")
      }
      if watch {
        // 128 and the signal's number, as the shell has it: interrupted.
        if try follow(database) { throw ExitCode(130) }
        return
      }
      if format != nil || pivot != nil || filter != nil || sort != nil || top != nil {
        let results = try chosen.map { try database.results(of: $0) }
        return printed(try answer(results))
      }
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

    /// The tables that answer the question.
    private func answer(_ all: [ExperimentResults]) throws -> [Table] {
      var (results, tables) = (all, all.map(Table.comparison))
      if let filter {
        let places = try tables.places(meeting: try TableFilter(filter))
        results = zip(results, places).map { $0.keeping($1) }
        tables = zip(tables, places).map { $0.keeping(rows: $1) }
      }
      if let pivot {
        let keys = pivot.split(separator: ",", omittingEmptySubsequences: false).map {
          $0.trimmingCharacters(in: .whitespaces)
        }
        guard keys.count == 2, keys[0] != keys[1], !keys.contains("") else { throw TableError.badPivot(pivot) }
        return try results.map { try Table.pivot($0, rows: keys[0], columns: keys[1]) }
      }
      if let sort { tables = try tables.sorted(by: sort, descending: reverse) }
      return tables.map { table in table.keeping(rows: Array(table.rows.indices.prefix(top ?? .max))) }
    }

    private func printed(_ tables: [Table]) {
      let console = Console.standard
      for line in (format ?? .terminal).lines(tables, styled: console.output.styled) { console.raw(line) }
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
        output.map { URL(fileURLWithPath: $0) } ?? URL(fileURLWithPath: source.database).deletingLastPathComponent(),
        all, database: source.database)
      var failure: (any Error)?
      var goesOn = false
      for experiment in chosen {
        let results = try database.results(of: experiment)
        let report = try ExperimentReport(results, database)
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
        if !all.isEmpty { try root.writeIndex(all.map { try database.results(of: $0) }) }
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
  fileprivate func results(of experiment: Experiment) throws -> ExperimentResults {
    ExperimentResults(
      experiment, grid: try grid(of: experiment), formerRuns: try formerRuns(of: experiment).count)
  }
}
