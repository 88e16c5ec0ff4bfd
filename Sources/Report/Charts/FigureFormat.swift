import ArgumentParser

/// What a single figure can be written as.
enum FigureFormat: String, CaseIterable, ExpressibleByArgument {
  case svg, png, pdf
}
