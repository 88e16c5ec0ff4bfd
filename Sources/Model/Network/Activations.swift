import Kernels

/// What a forward pass leaves behind for the backward pass and for later positions, in one allocation.
///
/// Sized for a number of sequences at full context; a pass may use less of it. The keys and values of earlier positions
/// are the cache that makes generation fast.
final class Activations {
  /// Where the numbers of each part lie.
  struct Places {
    let blocks: [Block.Activations]
    /// (N, C) The residual stream after the last block.
    let output: ActivationPlan.Place
    let finalNorm: Norm.Activations?
    let head: Head.Activations
    /// What the backward pass writes on its way; nothing of it outlives the pass.
    let gradients: Block.Gradients?

    /// The residual stream that enters a block; after the last one, the output.
    func stream(entering layer: Int) -> ActivationPlan.Place { layer < blocks.count ? blocks[layer].input : output }

    /// (N, C) What the head reads.
    var headInput: ActivationPlan.Place { finalNorm?.output ?? output }

    fileprivate init(_ parts: TransformerParts, _ plan: inout ActivationPlan) {
      blocks = parts.blocks.map { $0.plan(&plan) }
      output = parts.embedding.plan(&plan)
      finalNorm = parts.finalNorm?.plan(&plan)
      head = parts.head.plan(&plan)
      gradients = plan.forTraining ? parts.blocks.first?.planGradients(&plan) : nil
    }
  }

  let architecture: Architecture
  let sequences: Int
  let places: Places
  let memory: FloatBuffer
  let team = Team()

  init(_ architecture: Architecture, sequences: Int, forTraining: Bool, hasDropout: Bool = false) {
    let (places, plan) = Self.plan(
      architecture, sequences: sequences, forTraining: forTraining, hasDropout: hasDropout)
    self.architecture = architecture
    self.sequences = sequences
    self.places = places
    memory = FloatBuffer(count: Int(plan.count))
  }

  /// Floats that the activations of such a batch take; a `Double`, since a spec may ask for more than memory can hold.
  static func count(
    _ architecture: Architecture, sequences: Int, forTraining: Bool, hasDropout: Bool = false
  ) -> Double {
    plan(architecture, sequences: sequences, forTraining: forTraining, hasDropout: hasDropout).plan.count
  }

  static func plan(
    _ architecture: Architecture, sequences: Int, forTraining: Bool, hasDropout: Bool = false
  ) -> (places: Places, plan: ActivationPlan) {
    var plan = ActivationPlan(
      sequences: sequences, contextLength: architecture.contextLength, forTraining: forTraining,
      hasDropout: hasDropout)
    let places = Places(ParameterLayout(architecture).parts, &plan)
    return (places, plan)
  }
}
