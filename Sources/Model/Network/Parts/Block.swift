import Kernels

/// One block: attention and feed-forward layer, each with its norms and beside the residual stream.
struct Block: Sendable {
  struct Activations {
    /// (N, C) The residual stream that enters the block, and that between its two halves.
    let input, middle: ActivationPlan.Place
    let norms1, norms2: Norms.Activations
    let attention: SelfAttention.Activations
    let feedForward: FeedForward.Activations
  }

  /// What the backward pass writes on its way, one block after the other in the same places.
  struct Gradients {
    /// (N, C) The gradients of the residual stream and of a norm's output.
    let stream, normed: ActivationPlan.Place
    /// (N, C) The gradient of what goes through a norm behind a layer.
    let branch: ActivationPlan.Place?
    let attention: SelfAttention.Gradients
    let feedForward: FeedForward.Gradients
  }

  private let norms1, norms2: Norms
  private let attention: SelfAttention
  private let feedForward: FeedForward
  private let dModel: Int

  init(_ index: Int, _ architecture: Architecture, _ table: inout ParameterTable) {
    let prefix = "blocks.\(index)."
    dModel = architecture.dModel
    // Tensors stand in the order of their use.
    var (norms1, norms2) = (Norms(architecture.normPlacement), Norms(architecture.normPlacement))
    norms1.addFirst(prefix + "norm1", architecture, &table)
    attention = SelfAttention(prefix, block: index, architecture, &table)
    norms1.addLast(prefix + "norm1", architecture, &table)
    norms2.addFirst(prefix + "norm2", architecture, &table)
    feedForward = FeedForward(prefix, block: index, architecture, &table)
    norms2.addLast(prefix + "norm2", architecture, &table)
    (self.norms1, self.norms2) = (norms1, norms2)
  }

  private func planStream(_ plan: inout ActivationPlan) -> ActivationPlan.Place {
    plan.add("stream", plan.rows, dModel)
  }

  func plan(_ plan: inout ActivationPlan) -> Activations {
    Activations(
      input: planStream(&plan), middle: planStream(&plan), norms1: norms1.plan(&plan, dModel),
      norms2: norms2.plan(&plan, dModel), attention: attention.plan(&plan), feedForward: feedForward.plan(&plan))
  }

  func planGradients(_ plan: inout ActivationPlan) -> Gradients {
    Gradients(
      stream: planStream(&plan), normed: planStream(&plan),
      branch: norms1.placement == .pre ? nil : planStream(&plan),
      attention: attention.planGradients(&plan, sharing: dModel), feedForward: feedForward.planGradients(&plan))
  }

  /// Writes the residual stream that leaves the block to `output` (rows, C).
  func forward(_ pass: Pass, _ output: Matrix, _ activations: Activations) {
    let (input, middle) = (pass[activations.input], pass[activations.middle])
    norms1.forward(pass, middle, input, activations.norms1) { y, x, residual in
      attention.forward(pass, y, x, adding: residual, activations.attention)
    }
    norms2.forward(pass, output, middle, activations.norms2) { y, x, residual in
      feedForward.forward(pass, y, x, adding: residual, activations.feedForward)
    }
  }

  /// Turns the gradient of the stream that leaves the block into that of the stream which enters it, in place.
  func backward(_ pass: Pass, gradients: FloatBuffer, _ places: Gradients, _ activations: Activations) {
    norms2.backward(pass, gradients: gradients, places, pass[activations.middle], activations.norms2) {
      dx, dy, x, base in
      feedForward.backward(
        pass, gradients: gradients, dx: dx, adding: base, dy: dy, x, activations.feedForward, places.feedForward)
    }
    norms1.backward(pass, gradients: gradients, places, pass[activations.input], activations.norms1) {
      dx, dy, x, base in
      attention.backward(
        pass, gradients: gradients, dx: dx, adding: base, dy: dy, x, activations.attention, places.attention,
        dheads: pass[places.normed])
    }
  }
}

/// The norms of one half of a block around its layer f, in one of `Architecture.NormPlacement`.
struct Norms: Sendable {
  struct Activations {
    /// What f reads, where that is normalized.
    let first: Norm.Activations?
    /// (N, C) What the norm behind f reads, and its statistics.
    let branch, lastStatistics: ActivationPlan.Place?
  }

  let placement: Architecture.NormPlacement
  /// The norm before f, and the norm behind it.
  private var first, last: Norm?

  init(_ placement: Architecture.NormPlacement) { self.placement = placement }

  /// Adds the norm before f, if there is one.
  mutating func addFirst(_ name: String, _ architecture: Architecture, _ table: inout ParameterTable) {
    if placement == .pre || placement == .sandwich { first = Norm(name, architecture, &table) }
  }

  /// Adds the norm behind f, if there is one.
  mutating func addLast(_ name: String, _ architecture: Architecture, _ table: inout ParameterTable) {
    if placement == .pre { return }
    last = Norm(placement == .sandwich ? name + "_post" : name, architecture, &table)
  }

  func plan(_ plan: inout ActivationPlan, _ dModel: Int) -> Activations {
    Activations(
      first: first?.plan(&plan), branch: last.map { _ in plan.add("branch", plan.rows, dModel) },
      lastStatistics: last?.planStatistics(&plan))
  }

  /// Writes what leaves the half to `output` from `input`, both (rows, C). `layer` writes f(x), or residual + f(x), to y.
  func forward(
    _ pass: Pass, _ output: Matrix, _ input: Matrix, _ activations: Activations,
    _ layer: (_ y: Matrix, _ x: Matrix, _ residual: Matrix?) -> Void
  ) {
    var x = input
    if let first, let places = activations.first {
      x = pass[places.output]
      first.forward(pass, x, input, statistics: places.statistics)
    }
    guard let last, let branch = activations.branch, let statistics = activations.lastStatistics else {
      return layer(output, x, input)
    }
    let isPost = placement == .post
    layer(pass[branch], x, isPost ? input : nil)
    last.forward(pass, output, pass[branch], adding: isPost ? nil : input, statistics: statistics)
  }

  /// Turns the gradient of the stream that leaves the half into that of the stream which enters it, in place. `layer` writes f's gradient
  /// of x, or base + that, to dx.
  func backward(
    _ pass: Pass, gradients: FloatBuffer, _ places: Block.Gradients, _ input: Matrix, _ activations: Activations,
    _ layer: (_ dx: Matrix, _ dy: Matrix, _ x: Matrix, _ base: Matrix?) -> Void
  ) {
    let stream = pass[places.stream]
    var dy = stream
    if let last, let place = places.branch, let branch = activations.branch,
      let statistics = activations.lastStatistics
    {
      dy = pass[place]
      last.backward(
        pass, gradients: gradients, dx: dy, dy: stream, pass[branch], statistics: statistics, accumulates: false)
    }
    guard let first, let norm = activations.first else {
      // What goes around f comes from the stream, or from within the norm behind both.
      return layer(stream, dy, input, placement == .post ? dy : stream)
    }
    let normed = pass[places.normed]
    layer(normed, dy, pass[norm.output], nil)
    first.backward(pass, gradients: gradients, dx: stream, dy: normed, input, statistics: norm.statistics)
  }
}
