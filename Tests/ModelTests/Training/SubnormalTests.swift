import Testing

@testable import Kernels
@testable import Model

@Suite struct SubnormalTests {
  private let subnormal = Float.leastNormalMagnitude / 8

  @Test("Numbers below the normal range are 0 within the work alone")
  func mode() {
    let (within, after) = (FloatBuffer(count: 1), FloatBuffer(count: 1))
    for buffer in [within, after] { buffer.pointer[0] = subnormal }
    flushingSubnormals { within.pointer[0] *= 2 }
    after.pointer[0] *= 2
    #expect(within.pointer[0] == 0)
    #expect(after.pointer[0] > 0)
  }

  @Test("A step of training takes them for 0")
  func step() {
    var settings = TrainerTests.settings(.sgd(momentum: 0))
    settings.gradientClip = nil
    let model = Transformer(architecture: TrainerTests.architecture)
    for tensor in model.layout.tensors {
      model.parameters.setValues([Float](repeating: subnormal, count: tensor.count), of: tensor)
    }
    let trainer = Trainer(model: model, settings: settings, training: TrainerTests.text, seed: 1)
    _ = trainer.step()
    for tensor in model.layout.tensors where tensor.role != .gain {
      #expect(model.values(of: tensor).allSatisfy { $0 == 0 }, "\(tensor.name)")
    }
  }
}
