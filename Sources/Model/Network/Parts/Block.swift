import Kernels

/// One block: attention and feed-forward layer, each behind its norm and beside the residual stream.
struct Block: Sendable {
  struct Activations {
    /// (N, C) The residual stream that enters the block, and that between its two halves.
    let input, middle: ActivationPlan.Place
    let norm1, norm2: Norm.Activations
    let attention: SelfAttention.Activations
    let feedForward: FeedForward.Activations
  }

  /// What the backward pass writes on its way, one block after the other in the same places.
  struct Gradients {
    /// (N, C) The gradients of the residual stream and of a norm's output.
    let stream, normed: ActivationPlan.Place
    let qkv, hidden: ActivationPlan.Place
  }

  private let norm1, norm2: Norm
  private let attention: SelfAttention
  private let feedForward: FeedForward

  init(_ prefix: String, _ architecture: Architecture, _ table: inout ParameterTable) {
    let isSandwich = architecture.normPlacement == .sandwich
    norm1 = Norm(prefix + "norm1", architecture, &table)
    attention = SelfAttention(prefix, architecture, &table)
    if isSandwich { _ = Norm(prefix + "norm1_post", architecture, &table) }
    norm2 = Norm(prefix + "norm2", architecture, &table)
    feedForward = FeedForward(prefix, architecture, &table)
    if isSandwich { _ = Norm(prefix + "norm2_post", architecture, &table) }
  }

  func plan(_ plan: inout ActivationPlan) -> Activations {
    Activations(
      input: norm1.planInput(&plan), middle: norm2.planInput(&plan), norm1: norm1.plan(&plan),
      norm2: norm2.plan(&plan), attention: attention.plan(&plan), feedForward: feedForward.plan(&plan))
  }

  func planGradients(_ plan: inout ActivationPlan) -> Gradients {
    Gradients(
      stream: norm1.planInput(&plan), normed: norm1.planInput(&plan), qkv: attention.planGradient(&plan),
      hidden: feedForward.planGradient(&plan))
  }

  /// Writes the residual stream that leaves the block to `output` (rows, C).
  func forward(_ pass: Pass, _ output: Matrix, _ activations: Activations) {
    let (input, middle) = (pass[activations.input], pass[activations.middle])
    norm1.forward(pass, input, activations.norm1)
    attention.forward(pass, middle, pass[activations.norm1.output], adding: input, activations.attention)
    norm2.forward(pass, middle, activations.norm2)
    feedForward.forward(pass, output, pass[activations.norm2.output], adding: middle, activations.feedForward)
  }

  /// Turns the gradient of the stream that leaves the block into that of the stream which enters it, in place.
  func backward(_ pass: Pass, gradients: FloatBuffer, _ places: Gradients, _ activations: Activations) {
    let (stream, normed) = (pass[places.stream], pass[places.normed])
    feedForward.backward(
      pass, gradients: gradients, dx: normed, dy: stream, pass[activations.norm2.output], activations.feedForward,
      dhidden: places.hidden)
    norm2.backward(
      pass, gradients: gradients, dx: stream, dy: normed, pass[activations.middle], activations.norm2)
    attention.backward(
      pass, gradients: gradients, dx: normed, dy: stream, pass[activations.norm1.output], activations.attention,
      dqkv: places.qkv)
    norm1.backward(pass, gradients: gradients, dx: stream, dy: normed, pass[activations.input], activations.norm1)
  }
}
