import Foundation
import GradientCheck
import Testing

@testable import Kernels

/// The kernels of blocks beside the plain one.
@Suite(
  "Kernels of every block equal their formulas, and their backward passes finite differences", .timeLimit(.minutes(10)))
struct BlockKernelTests {
  private static let activations: [(Activation, @Sendable (Double) -> Double)] = [
    (.gelu, { Naive.gelu($0).value }), (.geluErf, { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }),
    (.relu, { max($0, 0) }), (.relu2, { max($0, 0) * max($0, 0) }), (.silu, { $0 / (1 + exp(-$0)) }),
  ]

  @Test("tanh and erf are right to a few units in the last place, for every size of x")
  func functions() {
    var x: [Double] = [0, 100, -100]
    for exponent in -20...3 {
      for part in 0..<50 {
        let value = Double(sign: .plus, exponent: exponent, significand: 1 + Double(part) / 50)
        x += [value, -value]
      }
    }
    for value in x {
      let lanes = Lanes(repeating: Float(value))
      let (t, e) = (Double(hyperbolicTangent(lanes)[0]), Double(errorFunction(lanes)[0]))
      let (tanh, erf) = (tanh(Double(Float(value))), erf(Double(Float(value))))
      #expect(abs(t - tanh) <= 5e-7 * abs(tanh), "tanh \(value)")
      #expect(abs(e - erf) <= 5e-7 * abs(erf), "erf \(value)")
    }
    #expect(hyperbolicTangent(Lanes(repeating: .nan))[0].isNaN && errorFunction(Lanes(repeating: .nan))[0].isNaN)
  }

  @Test("activations and their slopes", arguments: activations.indices, [1, 7, 16, 33])
  func activation(index: Int, count: Int) {
    let (activation, formula) = Self.activations[index]
    let x = FloatBuffer.random(count, in: -4...4, "x")
    let (y, slope) = (FloatBuffer(count: count), FloatBuffer(count: count))
    y.pointer.update(from: x.pointer, count: count)
    activationForward(activation, y.pointer, slope: slope.pointer, count, team: Team())
    for i in 0..<count {
      let at = Double(x.elements[i])
      #expect(abs(Double(y.elements[i]) - formula(at)) <= 1e-6)
      let numeric = (formula(at + 1e-5) - formula(at - 1e-5)) / 2e-5
      #expect(abs(Double(slope.elements[i]) - numeric) <= 2e-5, "\(activation) at \(at)")
    }
  }

  @Test("gated activations", arguments: activations.indices, [(1, 1), (3, 7), (2, 16), (2, 33)])
  func gated(index: Int, shape: (rows: Int, F: Int)) {
    let (activation, formula) = Self.activations[index]
    let (rows, F) = shape
    let z = FloatBuffer.random(rows * 2 * F, in: -2...2, "z")
    let (work, y, dy) = (
      FloatBuffer(count: rows * 2 * F), FloatBuffer(count: rows * F), FloatBuffer.random(rows * F, "dy")
    )
    work.pointer.update(from: z.pointer, count: rows * 2 * F)
    gatedForward(activation, y.matrix(rows, F), work.matrix(rows, 2 * F), team: Team())
    gatedBackward(work.matrix(rows, 2 * F), dy: dy.matrix(rows, F), team: Team())
    for i in 0..<rows * F {
      let (row, column) = (i / F, i % F)
      let (g, u) = (Double(z.elements[row * 2 * F + column]), Double(z.elements[row * 2 * F + F + column]))
      let d = Double(dy.elements[i])
      #expect(abs(Double(y.elements[i]) - formula(g) * u) <= 1e-5)
      let slope = (formula(g + 1e-5) - formula(g - 1e-5)) / 2e-5
      #expect(abs(Double(work.elements[row * 2 * F + column]) - slope * u * d) <= 5e-5)
      #expect(abs(Double(work.elements[row * 2 * F + F + column]) - formula(g) * d) <= 1e-5)
    }
  }

  @Test("LayerNorm", arguments: [(1, 2), (1, 6), (3, 7), (2, 16), (5, 19)], [false, true])
  func layerNorm(shape: (rows: Int, C: Int), hasBase: Bool) {
    let (rows, C) = shape
    let x = FloatBuffer.random(rows * C, "x")
    let (gamma, beta) = (FloatBuffer.random(C, in: 0.5...1.5, "gamma"), FloatBuffer.random(C, "beta"))
    let (base, dy) = (FloatBuffer.random(rows * C, "base"), FloatBuffer.random(rows * C, "dy"))
    let (y, mean, inverse) = (FloatBuffer(count: rows * C), FloatBuffer(count: rows), FloatBuffer(count: rows))
    func forward() -> Double {
      layerNormForward(
        y.matrix(rows, C), mean: mean.pointer, inverse: inverse.pointer, x.matrix(rows, C), gamma: gamma.pointer,
        beta: beta.pointer, epsilon: 0.01, adding: hasBase ? base.matrix(rows, C) : nil, team: Team())
      return y.weighted(by: dy)
    }
    _ = forward()
    for row in 0..<rows {
      let values = x.elements[row * C..<(row + 1) * C].map(Double.init)
      let mean = values.reduce(0, +) / Double(C)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(C)
      for (i, value) in values.enumerated() {
        let normalized = (value - mean) / (variance + 0.01).squareRoot()
        let added = hasBase ? Double(base.elements[row * C + i]) : 0
        let expected = normalized * Double(gamma.elements[i]) + Double(beta.elements[i]) + added
        #expect(abs(Double(y.elements[row * C + i]) - expected) <= 2e-6)
      }
    }
    let (dx, dgamma, dbeta) = (FloatBuffer(count: rows * C), FloatBuffer(count: C), FloatBuffer(count: C))
    layerNormBackward(
      dx: dx.matrix(rows, C), dgamma: dgamma.pointer, dbeta: dbeta.pointer, dy: dy.matrix(rows, C),
      x.matrix(rows, C), mean: mean.pointer, inverse: inverse.pointer, gamma: gamma.pointer, team: Team())
    expectGradient(of: x.elements, equals: dx.elements, tolerance: 1e-2, "dx", forward)
    expectGradient(of: gamma.elements, equals: dgamma.elements, "dgamma", forward)
    expectGradient(of: beta.elements, equals: dbeta.elements, "dbeta", forward)
  }

  @Test("RMSNorm beside what it is added to", arguments: [(1, 1), (3, 7), (2, 16)])
  func rmsNormWithBase(rows: Int, C: Int) {
    let (x, base) = (FloatBuffer.random(rows * C, "x"), FloatBuffer.random(rows * C, "base"))
    let gamma = FloatBuffer.random(C, in: 0.5...1.5, "gamma")
    let (y, sum, inverse) = (FloatBuffer(count: rows * C), FloatBuffer(count: rows * C), FloatBuffer(count: rows))
    for (target, base) in [(y, nil), (sum, base.matrix(rows, C))] {
      rmsNormForward(
        target.matrix(rows, C), inverse: inverse.pointer, x.matrix(rows, C), gamma: gamma.pointer, epsilon: 1e-5,
        adding: base, team: Team())
    }
    for i in 0..<rows * C { #expect(abs(sum.elements[i] - y.elements[i] - base.elements[i]) <= 1e-6) }
  }

  @Test("norms of heads", arguments: [(1, 1, 1), (3, 2, 7), (2, 3, 16), (2, 1, 19)])
  func headNorm(rows: Int, groups: Int, D: Int) {
    let columns = groups * D + 3
    let norm = HeadNorm(column: 2, groups: groups, width: D)
    let (x, dy) = (FloatBuffer.random(rows * columns, "x"), FloatBuffer.random(rows * columns, "dy"))
    let gamma = FloatBuffer.random(D, in: 0.5...1.5, "gamma")
    let (y, former) = (FloatBuffer(count: rows * columns), FloatBuffer(count: rows * columns))
    let inverse = FloatBuffer(count: rows * groups)
    func forward() -> Double {
      y.pointer.update(from: x.pointer, count: rows * columns)
      headNormForward(
        y.matrix(rows, columns), former: former.matrix(rows, columns), inverse: inverse.matrix(rows, groups),
        gamma: gamma.pointer, norm, epsilon: 0.01, team: Team())
      return y.weighted(by: dy)
    }
    _ = forward()
    for row in 0..<rows {
      #expect(y.elements[row * columns] == x.elements[row * columns])
      for group in 0..<groups {
        let start = row * columns + 2 + group * D
        let values = x.elements[start..<start + D].map(Double.init)
        let r = 1 / (values.reduce(0) { $0 + $1 * $1 } / Double(D) + 0.01).squareRoot()
        for (i, value) in values.enumerated() {
          #expect(abs(Double(y.elements[start + i]) - value * r * Double(gamma.elements[i])) <= 1e-6)
        }
      }
    }
    let (d, dgamma) = (FloatBuffer(count: rows * columns), FloatBuffer(count: D))
    d.pointer.update(from: dy.pointer, count: rows * columns)
    headNormBackward(
      d.matrix(rows, columns), dgamma: dgamma.pointer, former: former.matrix(rows, columns),
      inverse: inverse.matrix(rows, groups), gamma: gamma.pointer, norm, team: Team())
    expectGradient(of: x.elements, equals: d.elements, tolerance: 1e-2, "dx", forward)
    expectGradient(of: gamma.elements, equals: dgamma.elements, "dgamma", forward)
  }

  @Test(
    "rotations turn halves of heads against one another, and back",
    arguments: [(1, 1), (2, 3), (3, 4), (3, 8), (1, 16), (2, 20)])
  func rotation(heads: Int, half: Int) {
    let (B, T, columns) = (2, 5, heads * 2 * half + 1)
    let table = FloatBuffer.random(8 * 2 * half, "table")
    let angle = { (position: Int, i: Int) in Double(position) * 0.3 + Double(i) * 0.7 }
    for position in 0..<8 {
      for i in 0..<half {
        table.pointer[position * 2 * half + i] = Float(cos(angle(position, i)))
        table.pointer[position * 2 * half + half + i] = Float(sin(angle(position, i)))
      }
    }
    let x = FloatBuffer.random(B * T * columns, "x")
    let y = FloatBuffer(count: B * T * columns)
    y.pointer.update(from: x.pointer, count: B * T * columns)
    // Row 0 stands at position 3.
    func turn(isInverse: Bool) {
      rotate(
        y.matrix(B * T, columns), heads: heads, table: table.matrix(8, 2 * half), positions: 3..<8,
        isInverse: isInverse, team: Team())
    }
    turn(isInverse: false)
    for row in 0..<B * T {
      for head in 0..<heads {
        for i in 0..<half {
          let place = row * columns + head * 2 * half + i
          let (a, b) = (Double(x.elements[place]), Double(x.elements[place + half]))
          let turned = angle(3 + row % T, i)
          #expect(abs(Double(y.elements[place]) - (a * cos(turned) - b * sin(turned))) <= 1e-6)
          #expect(abs(Double(y.elements[place + half]) - (b * cos(turned) + a * sin(turned))) <= 1e-6)
        }
      }
      #expect(y.elements[(row + 1) * columns - 1] == x.elements[(row + 1) * columns - 1])
    }
    turn(isInverse: true)
    for (a, b) in zip(x.elements, y.elements) { #expect(abs(a - b) <= 1e-6) }
  }

  @Test("biases and their gradients", arguments: [(1, 1), (3, 16), (5, 19)])
  func bias(rows: Int, columns: Int) {
    let (x, b) = (FloatBuffer.random(rows * columns, "x"), FloatBuffer.random(columns, "b"))
    let (y, db) = (FloatBuffer(count: rows * columns), FloatBuffer.random(columns, "db"))
    let before = Array(db.elements)
    y.pointer.update(from: x.pointer, count: rows * columns)
    addBias(y.matrix(rows, columns), b.pointer, team: Team())
    biasBackward(db.pointer, dy: x.matrix(rows, columns), team: Team())
    for column in 0..<columns {
      var sum = before[column]
      for row in 0..<rows {
        let place = row * columns + column
        #expect(y.elements[place] == x.elements[place] + b.elements[column])
        sum += x.elements[place]
      }
      #expect(abs(db.elements[column] - sum) <= 1e-5)
    }
  }

  @Test("caps", arguments: [(1, 1), (2, 16), (3, 19)], [0.5, 30])
  func caps(shape: (rows: Int, columns: Int), cap: Float) {
    let count = shape.rows * shape.columns
    let (x, d) = (FloatBuffer.random(count, in: -3...3, "x"), FloatBuffer.random(count, "d"))
    let (y, slopes, dx) = (FloatBuffer(count: count), FloatBuffer(count: count), FloatBuffer(count: count))
    func matrix(_ buffer: FloatBuffer) -> Matrix { buffer.matrix(shape.rows, shape.columns) }
    func forward() -> Double {
      y.pointer.update(from: x.pointer, count: count)
      capForward(matrix(y), cap: cap, slopes: matrix(slopes), team: Team())
      return y.weighted(by: d)
    }
    _ = forward()
    dx.pointer.update(from: d.pointer, count: count)
    slopeBackward(matrix(dx), slopes: matrix(slopes), team: Team())
    for (x, y) in zip(x.elements, y.elements) {
      #expect(abs(Double(y) - Double(cap) * tanh(Double(x) / Double(cap))) <= 2e-6)
    }
    expectGradient(of: x.elements, equals: dx.elements, tolerance: 2e-3, "dx", forward)
  }

  @Test(
    "dropout keeps the mean, drops with its probability, and each place and step by itself", arguments: [0.1, 0.5, 0.9])
  func dropoutStatistics(probability: Double) {
    let (rows, columns) = (200, 333)
    let ones = FloatBuffer(count: rows * columns)
    ones.elements.update(repeating: 1)
    func mask(_ key: UInt64, firstRow: Int = 0) -> [Float] {
      let y = FloatBuffer(count: rows * columns)
      dropout(
        y.matrix(rows, columns), ones.matrix(rows, columns), Dropout(probability: probability, key: key),
        firstRow: firstRow, team: Team())
      return Array(y.elements)
    }
    let one = mask(1)
    let count = Double(one.count)
    let kept = Double(one.count { $0 != 0 }) / count
    let error = (probability * (1 - probability) / count).squareRoot()
    #expect(abs(kept - (1 - probability)) < 4 * error)
    #expect(Set(one) == [0, Float(1 / (1 - probability))])
    // Neighbours in a row, in a column and of another key agree as often as independent ones.
    let agreement = probability * probability + (1 - probability) * (1 - probability)
    let bound = 4 * (agreement * (1 - agreement) / count).squareRoot()
    let others = [Array(one.dropFirst()), Array(one.dropFirst(columns)), mask(2), mask(1 << 40)]
    for other in others {
      let equal = Double(zip(one, other).count { ($0 == 0) == ($1 == 0) }) / Double(min(one.count, other.count))
      #expect(abs(equal - agreement) < bound * 1.5)
    }
    // Rows are known by their numbers.
    #expect(Array(mask(1, firstRow: 50).prefix(columns)) == Array(one[50 * columns..<51 * columns]))
  }

  @Test("dropout beside what it is added to")
  func dropoutWithBase() {
    let (rows, columns) = (3, 21)
    let (x, base) = (FloatBuffer.random(rows * columns, "x"), FloatBuffer.random(rows * columns, "base"))
    let (y, sum) = (FloatBuffer(count: rows * columns), FloatBuffer(count: rows * columns))
    for (target, base) in [(y, nil), (sum, base.matrix(rows, columns))] {
      dropout(
        target.matrix(rows, columns), x.matrix(rows, columns), adding: base, Dropout(probability: 0.4, key: 9),
        firstRow: 7, team: Team())
    }
    for i in 0..<rows * columns { #expect(abs(sum.elements[i] - base.elements[i] - y.elements[i]) <= 1e-6) }
  }

  /// What an attention may have beside the plain one.
  struct Form: Sendable {
    var keyHeads: Int?
    var window: Int?
    var cap: Float?
    var hasSlopes = false
    var dropout: Double?
  }

  @Test(
    "attention in every form",
    arguments: [
      Form(keyHeads: 1), Form(window: 1), Form(window: 3), Form(window: 17), Form(window: 31), Form(cap: 0.4),
      Form(hasSlopes: true), Form(dropout: 0.3),
      Form(keyHeads: 1, window: 9, cap: 0.7, hasSlopes: true, dropout: 0.2),
      Form(keyHeads: 2, window: 16, cap: 2, hasSlopes: true),
    ], [(1, 5, 2, 2), (2, 9, 4, 3), (1, 37, 2, 3), (1, 50, 2, 4)])
  func attention(form: Form, shape: (B: Int, T: Int, H: Int, D: Int)) {
    let (B, T, H, D) = shape
    let sizes = AttentionSizes(
      sequences: B, length: T, heads: H, keyHeads: form.keyHeads, headSize: D, window: form.window)
    let rows = B * T
    let qkv = FloatBuffer.random(rows * sizes.columns, "qkv")
    let dout = FloatBuffer.random(rows * H * D, "dout")
    let places = (0..<3).map { _ in FloatBuffer(count: B * H * sizes.weightsCount) }
    let slopes = FloatBuffer.random(H, in: 0.1...0.5, "slopes")
    // What is read before it was written shows.
    for place in places { place.elements.update(repeating: .nan) }
    let team = Team()
    team.share(1, work: 0) { _, scratch in
      let count = max(sizes.forwardScratchCount, sizes.backwardScratchCount)
      scratch(count).update(repeating: .nan, count: count)
    }
    var changes = AttentionChanges()
    changes.cap = form.cap
    changes.capSlopes = places[1].pointer
    if form.hasSlopes { changes.distanceSlopes = slopes.pointer }
    changes.dropout = form.dropout.map { Dropout(probability: $0, key: 3) }
    if form.dropout != nil { changes.dropped = places[2].pointer }
    let out = FloatBuffer(count: rows * H * D)
    func forward() -> Double {
      attentionForward(
        out.matrix(rows, H * D), weights: places[0].pointer, qkv.matrix(rows, sizes.columns), sizes, changes,
        team: team)
      return out.weighted(by: dout)
    }
    _ = forward()
    if form.dropout == nil {
      let expected = naive(form, sizes, qkv, slopes)
      for (a, b) in zip(out.elements, expected) { #expect(abs(Double(a) - b) <= 2e-5) }
    }
    let dqkv = FloatBuffer.random(rows * sizes.columns, "rubbish")
    attentionBackward(
      dqkv: dqkv.matrix(rows, sizes.columns), dout: dout.matrix(rows, H * D), weights: places[0].pointer,
      qkv.matrix(rows, sizes.columns), sizes, changes, team: team)
    expectGradient(of: qkv.elements, equals: dqkv.elements, tolerance: 2e-3, "dqkv", forward)
  }

  /// The heads' outputs by the formula.
  private func naive(_ form: Form, _ sizes: AttentionSizes, _ qkv: FloatBuffer, _ slopes: FloatBuffer) -> [Double] {
    let (T, H, D) = (sizes.length, sizes.heads, sizes.headSize)
    let K = form.keyHeads ?? H
    func number(_ sequence: Int, _ position: Int, _ place: Int, _ d: Int) -> Double {
      Double(qkv.elements[(sequence * T + position) * sizes.columns + place * D + d])
    }
    var out = [Double](repeating: 0, count: sizes.sequences * T * H * D)
    for sequence in 0..<sizes.sequences {
      for head in 0..<H {
        let key = H + head / (H / K)
        for i in 0..<T {
          let seen = max(0, i - (form.window ?? T) + 1)...i
          let powers = seen.map { j -> Double in
            var score = 0.0
            for d in 0..<D { score += number(sequence, i, head, d) * number(sequence, j, key, d) }
            score /= Double(D).squareRoot()
            if let cap = form.cap { score = Double(cap) * tanh(score / Double(cap)) }
            if form.hasSlopes { score -= Double(slopes.elements[head]) * Double(i - j) }
            return exp(score)
          }
          let sum = powers.reduce(0, +)
          for d in 0..<D {
            var value = 0.0
            for (j, power) in zip(seen, powers) { value += power / sum * number(sequence, j, key + K, d) }
            out[((sequence * T + i) * H + head) * D + d] = value
          }
        }
      }
    }
    return out
  }

  @Test("attention in every form goes on from a cache", arguments: [1, 16, 44])
  func attentionFromCache(start: Int) {
    let (T, H, D) = (45, 4, 6)
    let slopes = FloatBuffer.random(H, in: 0.1...0.5, "slopes")
    let qkv = FloatBuffer.random(T * 8 * D, "qkv")
    func attend(_ out: FloatBuffer, length: Int, from start: Int) {
      let sizes = AttentionSizes(sequences: 1, length: length, heads: H, keyHeads: 2, headSize: D, window: 11)
      var changes = AttentionChanges()
      (changes.cap, changes.distanceSlopes) = (0.5, slopes.pointer)
      let weights = FloatBuffer(count: H * sizes.weightsCount)
      attentionForward(
        out.matrix(length, H * D), weights: weights.pointer, qkv.matrix(length, 8 * D), sizes, changes, from: start,
        team: Team())
    }
    let (whole, parts) = (FloatBuffer(count: T * H * D), FloatBuffer(count: T * H * D))
    attend(whole, length: T, from: 0)
    attend(parts, length: start, from: 0)
    attend(parts, length: T, from: start)
    for (a, b) in zip(whole.elements, parts.elements) { #expect(abs(a - b) <= 1e-6) }
  }

  @Test("cross-entropy's gradient beside a z-loss", arguments: [(3, 7), (17, 5)])
  func zLoss(positions: Int, V: Int) {
    let stride = FloatBuffer.stride(ofRows: positions)
    let logits = FloatBuffer.random(V * stride, in: -3...3, "logits")
    let targets = (0..<positions).map { Int32(($0 * 5 + 1) % V) }
    let work = FloatBuffer(count: V * stride)
    work.pointer.update(from: logits.pointer, count: V * stride)
    _ = crossEntropy(
      Matrix(work.pointer, V, positions, stride: stride), targets: targets, gradientScale: 1, zLoss: 0.3, team: Team())
    func objective() -> Double {
      (0..<positions).reduce(0) { sum, position in
        let column = (0..<V).map { Double(logits.elements[$0 * stride + position]) }
        let logZ = log(column.reduce(0) { $0 + exp($1) })
        return sum + logZ - column[Int(targets[position])] + 0.3 * logZ * logZ
      }
    }
    for token in 0..<V {
      let row = token * stride..<token * stride + positions
      expectGradient(
        of: .init(rebasing: logits.elements[row]), equals: work.elements[row], "dlogits of \(token)", objective)
    }
  }
}
